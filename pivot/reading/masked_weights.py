"""`self.weight.data *= self.mask; return super().forward(x)`: a layer that masks its weight before each use.

The target keeps no weights that a forward pass changes, so the mask is read as part of what the layer computes:
`weight = self.weight * self.mask; return nn.functional.conv2d(x, weight, ...)`. It gives the same at every call:
masking what is masked changes nothing; the weight that is stored keeps the entries that the mask hides.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

REWRITTEN = "masks_weight"
"""Of a class whose forward pass was rewritten: the statement that masked the weight."""

FORWARDS = {
    "Linear": "linear({x}, weight, self.bias)",
    **{
        f"Conv{rank}d": f"conv{rank}d({{x}}, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)"
        for rank in (1, 2)
    },
}
"""What layers compute, of a weight that is given."""


def note(ev: Evaluator, cls: ast.ClassDef, frame: Frame) -> None:
    """Read such a class in this way, and say so."""
    old = cls.__dict__.get(REWRITTEN) or masked_in_use(cls)
    if old is None:
        return
    cls.__dict__[REWRITTEN] = old  # the tree is kept between passes
    why = "the forward pass masks its weight in place; the target masks it in use"
    ev.note(frame, old, why, "what the mask hides stays in the stored weight, and is never computed with", "update")


def masked_in_use(cls: ast.ClassDef) -> ast.stmt | None:
    """Rewrite the forward pass of such a class; the statement that masked the weight, None for every other class."""
    base = next((b for b in cls.bases if isinstance(b, ast.Attribute) and b.attr in FORWARDS), None)
    forward = next((s for s in cls.body if isinstance(s, ast.FunctionDef) and s.name == "forward"), None)
    if base is None or forward is None:
        return None
    places = [(i, mask) for i, s in enumerate(forward.body) if (mask := mask_of(s)) is not None]
    calls = list(super_calls(forward))
    if len(places) != 1 or not calls or any(len(c.args) != 1 or c.keywords for c in calls):
        return None
    place, mask = places[0]
    old = forward.body[place]
    forward.body[place] = placed(ast.parse(f"weight = self.weight * {ast.unparse(mask)}").body[0], old)
    for call in calls:
        text = FORWARDS[base.attr].format(x=ast.unparse(call.args[0]))
        made = ast.parse(f"{ast.unparse(base.value)}.functional.{text}", mode="eval").body
        assert isinstance(made, ast.Call)
        placed(made, call)
        made.args[0] = call.args[0]  # the call stays where it is
        call.func, call.args = made.func, made.args
    return old


def placed(node: ast.stmt | ast.expr, at: ast.AST) -> ast.stmt:
    """A new node, and all in it, where another stands, though the text does not have it there."""
    for part in ast.walk(node):
        ast.copy_location(part, at)
        part.__dict__["container_site"] = at
    return node  # type: ignore[return-value]


def mask_of(statement: ast.stmt) -> ast.expr | None:
    """The mask of `self.weight.data *= self.mask` or `self.weight.data.mul_(self.mask)`."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Mult):
        target, mask = statement.target, statement.value
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and len(statement.value.args) == 1:
        func = statement.value.func
        if not isinstance(func, ast.Attribute) or func.attr != "mul_":
            return None
        target, mask = func.value, statement.value.args[0]  # type: ignore[assignment]
    else:
        return None
    named = isinstance(mask, ast.Attribute) and "mask" in mask.attr
    return mask if named and ast.unparse(target) in ("self.weight.data", "self.weight") else None


def super_calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    """The calls of `super().forward(...)` in a function."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "forward":
            inner = node.func.value
            if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == "super":
                yield node
