"""Sizes of the source that name a parameter of the program, where the written text has a number and no such name.

What is written is right for the value that the parameter has now. Where a size follows another way, from the shape of
a tensor, the text holds no number that the source lacks.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from codegen.writing.frozen import is_size, leaves_of, parameters_of, paths, says_groups
from pivot.dims import hint as dim_hint
from pivot.problems import Problem
from pivot.reading.restating import is_restatement
from pivot.reading.values import ListObject, Value
from pivot.slots import SizeOf

if TYPE_CHECKING:
    from codegen.writing.writer import Writer
    from pivot.reading.trace import Visit

PLACES = {"axis", "axes", "axis1", "axis2", "dim", "dims", "start_axis", "end_axis", "source", "destination"}
"""Keywords whose numbers count axes."""
TURNING = {"transpose", "swapaxes", "expand_dims", "squeeze", "moveaxis", "permute", "unsqueeze"}
"""Functions whose numbers count axes."""


def tell_unnamed(
    w: Writer, visits: Sequence[Visit], node: ast.expr, made: ast.expr, operands: Iterable[ast.expr], stays: bool
) -> None:
    """Warn of each size in a call or index that names a parameter, where a number stands for it.

    `operands`: the texts of the tensors in what was made, which say nothing of this call; `stays`: is the number known
    to be right for all values?
    """
    if stays:
        return
    visit, leaves = next(((v, found) for v in visits if (found := sizes_said(node, v, made))), (visits[0], []))
    if not leaves:
        return
    own = OwnText({ast.dump(text) for text in operands})
    own.visit(made)
    if not own.numbers - numbers_of(node):
        return
    for part, value in leaves:
        named = list(paths(part))
        if named and not any(name in own.names for name in named):
            tell(w, visit, node, named[0], value)


def sizes_said(node: ast.expr, visit: Visit, made: ast.expr) -> list[tuple[ast.expr, Value]]:
    """The sizes in a call or index that a parameter of the program was made to."""
    taken = sizes_of_tensors(visit, made)
    leaves = [leaf for part, value in said_parts(node, visit) if value not in taken for leaf in leaves_of(part, value)]
    return [(part, value) for part, value in leaves if made_of(value)]


def sizes_of_tensors(visit: Visit, made: ast.expr) -> list[Value]:
    """What a layer is told of its input, `in_channels`, and a convolution of its weight: the target takes it there."""
    slots = visit.form.args if visit.form is not None else ()
    taken = [slot for slot in slots if isinstance(slot.value, SizeOf) or says_groups(visit, slot, made)]
    found = [visit.given(slot.key) for slot in taken]
    return [value for value in found if value is not None]


def made_of(value: Value) -> frozenset[str]:
    """The parameters of the program that a size, or one of several that are held together, was made of."""
    return parameters_of(value).union(*map(parameters_of, held(value)))


def tell(w: Writer, visit: Visit, node: ast.expr, name: str, value: Value) -> None:
    """Warn of a name; in what stands for a function or layer of a library, of a parameter where it is called."""
    frame, at = visit.frame, node
    while is_restatement(frame.file) and frame.parent is not None and isinstance(site := frame.site, ast.expr):
        frame, at, name = frame.parent, site, min(made_of(value))
    title = visit.form.op.title if visit.form is not None else visit.name
    sizes = tuple(dim_hint(v.hint) for v in held(value))  # type: ignore[arg-type]
    counts = sizes if sizes else dim_hint(value.hint)  # type: ignore[arg-type]
    place = (frame.file, at.lineno, at.col_offset + 1)
    if any((p.file, p.line, p.column) == place and p.why.startswith(f"{name} ") for p in w.out.problems):
        return
    why = f"{name} counts as {counts} only: {title} is written for that"
    w.refused(Problem("frozen", "warning", *place, why, "convert with another value, where another is needed"))


def said_parts(node: ast.expr, visit: Visit) -> Iterator[tuple[ast.expr, Value]]:
    """What stands in a call or an index, with its value."""
    if isinstance(node, ast.Subscript) and len(visit.args) > 1:
        yield node.slice, visit.args[1]
    if not isinstance(node, ast.Call):
        return
    spread = [place for place, arg in enumerate(node.args) if isinstance(arg, ast.Starred)]
    if node.args and not spread:
        yield from zip(node.args, visit.args[-len(node.args) :], strict=False)
    if len(spread) == 1:
        at, behind = spread[0], len(node.args) - 1 - spread[0]
        first = 1 if visit.form is not None and visit.form.spelling == "method" else 0
        last = len(visit.args) - behind
        yield from zip(node.args[:at], visit.args[first:], strict=False)
        yield from zip(node.args[at + 1 :], visit.args[last:], strict=False)
        yield node.args[at].value, Value(visit.args[first + at : last])  # type: ignore[attr-defined]
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg in visit.kwargs:
            yield keyword.value, visit.kwargs[keyword.arg]


def held(value: Value) -> tuple[Value, ...]:
    """The sizes in a tuple or list."""
    items = value.hint.items if isinstance(value.hint, ListObject) else value.hint
    return tuple(v for v in items if isinstance(v, Value) and is_size(v)) if isinstance(items, (tuple, list)) else ()


def numbers_of(node: ast.AST) -> Counter[int]:
    """How often each whole number stands in an expression."""
    return Counter(n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and type(n.value) is int)


class OwnText(ast.NodeVisitor):
    """Names and numbers of a written call, less those of its operands and those that count axes."""

    def __init__(self, operands: set[str]) -> None:
        self.operands = operands
        self.names: set[str] = set()
        self.numbers: Counter[int] = Counter()

    def visit(self, node: ast.AST) -> None:
        """All parts but the operands."""
        if isinstance(node, ast.expr) and not isinstance(node, ast.Constant) and ast.dump(node) in self.operands:
            return
        super().visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """A number."""
        if type(node.value) is int:
            self.numbers[node.value] += 1

    def visit_Name(self, node: ast.Name) -> None:
        """A name."""
        self.names.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """A dotted name."""
        self.names.update(paths(node))
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """-1 leaves a size to be inferred."""
        if not (isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant) and node.operand.value == 1):
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        """An argument by its name."""
        if node.arg not in PLACES:
            self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """`ops.shape(x)[1]`, `x.shape[-1]`: the number counts axes."""
        name = node.value.func if isinstance(node.value, ast.Call) else node.value
        self.visit(node.value)
        if not ast.unparse(name).endswith("shape"):
            self.visit(node.slice)

    def visit_Call(self, node: ast.Call) -> None:
        """A call; of one that turns axes only the tensor counts."""
        name = ast.unparse(node.func).rpartition(".")[2]
        for part in node.args[:1] if name in TURNING else [node.func, *node.args, *node.keywords]:
            self.visit(part)
