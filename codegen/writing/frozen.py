"""Parameters of the program that count no more: the target's call is right for the values that they have alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from codegen.writing.slots import slot_param
from pivot.dims import Size
from pivot.problems import Problem
from pivot.reading.restating import is_restatement
from pivot.reading.values import ListObject, TensorCell, Value
from pivot.slots import Literal, SizeOf, Slot

if TYPE_CHECKING:
    from codegen.writing.sites import Site
    from codegen.writing.writer import Writer
    from pivot.reading.trace import Visit

FREE = ("dtype", "dims", "index")
"""Kinds of parameters that the target takes from its tensors, or that the shape of a tensor says."""


def finish(w: Writer, site: Site, node: ast.expr, made: ast.expr, stays: bool = False) -> None:
    """Remember what a written site stands for, and say which parameters it has lost; `stays`: it is right for all."""
    tell_frozen(w, site, node, made, stays)
    w.link(node, made, [low.node for low in site.lowered])


def tell_frozen(w: Writer, site: Site, node: ast.expr, made: ast.expr, stays: bool = False) -> None:
    """Warn of each name in a call of the source that decides something there, and that the written call lacks."""
    visit = site.visits[0]
    if visit.form is None or visit.bound is None or not isinstance(node, ast.Call) or is_restatement(visit.frame.file):
        return
    kept, given = set(paths(made)), w.sites.given(site)
    # what is the size of a tensor as well follows it: the groups of a depthwise convolution
    sizes = {ast.dump(given[s.key]) for s in visit.form.args if isinstance(s.value, SizeOf) and s.key in given}
    found: list[tuple[ast.expr, str]] = []
    if isinstance(node.func, ast.Call):  # getattr(nn, kind)(...)
        found.append((node.func, repr(visit.name.rpartition(".")[2])))
    for slot in visit.form.args:
        part, value = given.get(slot.key), visit.given(slot.key)
        if part is None or value is None or ast.dump(part) in sizes or not decides(visit, slot):
            continue
        if says_groups(visit, slot, made):
            continue
        if is_plain(value) and parameters_of(value) and not stays:
            every = [v for v in (other.given(slot.key) for other in site.visits) if v is not None and is_plain(v)]
            leaves = [(p, said_by(every, part, p) or said(v)) for p, v in leaves_of(part, value) if parameters_of(v)]
            found += leaves or [(part, " or ".join(dict.fromkeys(map(said, every))))]
    for part, text in found:
        name = next((name for name in paths(part) if name not in {*kept, "getattr", *libraries(part)}), None)
        if name is not None:
            lost = f"{name} counts as {text} only: {visit.form.op.title} is written for that"
            remedy = "convert with another value, where another is needed"
            w.refused(Problem("frozen", "warning", visit.frame.file, node.lineno, node.col_offset + 1, lost, remedy))


def said_by(values: list[Value], whole: ast.expr, part: ast.expr) -> str:
    """What a part of an argument was at every visit: `0 or 1`."""
    met = (said(v) for value in values for p, v in leaves_of(whole, value) if p is part)
    return " or ".join(dict.fromkeys(met))


def says_groups(visit: Visit, slot: Slot, made: ast.expr) -> bool:
    """Are these the groups of a convolution that the target takes from the shape of the weight it is given?"""
    form = visit.form
    calls = [n.func for n in ast.walk(made) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    by_weight = any(func.attr == "conv" and ast.unparse(func).startswith("keras.ops") for func in calls)
    return form is not None and form.kind == "function" and slot_param(slot) == "groups" and by_weight


def tell_looked_up(w: Writer, visit: Visit, node: ast.Call) -> None:
    """Warn where a parameter says by its name which class of a library is made: `getattr(nn, kind)(...)`."""
    name = next((name for name in paths(node.func) if name not in {"getattr", *libraries(node.func)}), None)
    if name is not None:
        kind = visit.name.rpartition(".")[2]
        lost, remedy = f"{name} counts as {kind!r} only", "convert with another value, where another is needed"
        w.refused(Problem("frozen", "warning", visit.frame.file, node.lineno, node.col_offset + 1, lost, remedy))


def decides(visit: Visit, slot: Slot) -> bool:
    """Does a slot say something that the target does not take from its tensors?"""
    param = slot_param(slot)
    if param is None or visit.form is None:
        return isinstance(slot.value, Literal)
    return visit.form.op.params[param].type.kind not in FREE


def libraries(part: ast.expr) -> set[str]:
    """The library that a class is looked up in."""
    return set(paths(part.args[0])) if isinstance(part, ast.Call) and part.args else set()


def is_same_by_chance(visits: Sequence[Visit]) -> bool:
    """Is "same" padding right only for values that the program's parameters have: `padding=1` beside `stride=stride`?

    `padding=kernel_size // 2` follows its window.
    """
    for visit in visits:
        found = {slot_param(slot): visit.given(slot.key) for slot in visit.form.args} if visit.form else {}
        roots = {name: parameters_of(found.get(name)) for name in ("kernel", "stride", "padding", "dilation")}
        if roots["stride"] or roots["padding"] - roots["kernel"] - roots["dilation"]:
            return True
    return False


def leaves_of(part: ast.expr, value: Value) -> Iterator[tuple[ast.expr, Value]]:
    """The sizes in a shape, in a slice or in arithmetic, each with its value."""
    hint = value.hint
    items = hint.items if isinstance(hint, ListObject) else hint
    if isinstance(part, (ast.Tuple, ast.List)) and isinstance(items, (tuple, list)) and len(items) == len(part.elts):
        for element, item in zip(part.elts, items, strict=True):
            if isinstance(item, Value):
                yield from leaves_of(element, item)
        return
    if isinstance(part, ast.Slice) and isinstance(hint, slice):
        for bound, item in ((part.lower, hint.start), (part.upper, hint.stop), (part.step, hint.step)):
            if bound is not None and isinstance(item, Value):
                yield from leaves_of(bound, item)
        return
    if isinstance(items, (tuple, list)) and any(isinstance(v, Value) and is_size(v) for v in items):
        yield part, value
    if not is_size(value):
        return
    sources = value.origin.sources if value.origin is not None and value.origin.node is part else ()
    operands = [part.left, part.right] if isinstance(part, ast.BinOp) else []
    operands = [part.operand] if isinstance(part, ast.UnaryOp) else operands
    if operands and len(operands) == len(sources):
        for operand, source in zip(operands, sources, strict=True):
            yield from leaves_of(operand, source)
    else:
        yield part, value


def is_size(value: Value) -> bool:
    """Is this a whole number, or one that is known only when the program runs?"""
    return isinstance(value.hint, (int, Size)) and not isinstance(value.hint, bool)


def paths(node: ast.AST) -> Iterator[str]:
    """The names and dotted names that an expression reads: `stride`, `self.dim`."""
    if isinstance(node, (ast.Name, ast.Attribute)):
        text = ast.unparse(node)
        if all(part.isidentifier() for part in text.split(".")):
            yield text
            return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):  # kind.upper()
        yield from paths(node.func.value)
        node = ast.Tuple([*node.args, *(keyword.value for keyword in node.keywords)], ast.Load())
    for child in ast.iter_child_nodes(node):
        yield from paths(child)


def is_program_made(value: Value | None) -> bool:
    """Was a plain value made from a number, word or choice that a parameter of a function of the program has?"""
    return any(one.hint is not None and is_plain(one) for one in given_by_program(value))


def parameters_of(value: Value | None) -> frozenset[str]:
    """The parameters of functions of the program that a plain value was made from."""
    return frozenset(one.origin.name for one in given_by_program(value) if one.origin is not None)


def given_by_program(value: Value | None) -> Iterator[Value]:
    """What parameters of functions of the program have, of all that a plain value was made from."""
    waiting, seen = [value] if value is not None else [], 0
    while waiting and seen < DEPTH:
        one = waiting.pop()
        seen += 1
        if isinstance(one.hint, TensorCell) or one.origin is None:
            continue
        if one.origin.kind == "param" and not is_restatement(one.origin.file):
            yield one
        else:
            compared = one.origin.kind == "apply" and one.origin.name == "compare"
            waiting.extend(one.origin.sources[:1] if compared else one.origin.sources)  # `activation == "relu"`


DEPTH = 200  # values that one value was made from, as far as they are followed


def is_plain(value: Value) -> bool:
    """Is this a number, a word or a choice that a caller could make another way?"""
    parts = value.hint if isinstance(value.hint, tuple) else (value.hint,)
    hints = [part.hint if isinstance(part, Value) else part for part in parts]
    return all(hint is None or isinstance(hint, (bool, int, float, str)) for hint in hints)


def said(value: Value) -> str:
    """A value as the program would write it."""
    hint = value.hint
    return repr(tuple(v.hint if isinstance(v, Value) else v for v in hint) if isinstance(hint, tuple) else hint)
