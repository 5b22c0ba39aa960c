"""Where the size of an axis comes from: the argument of the layer that made it, seen through what keeps the axis.

Keras infers what a layer takes from its input; PyTorch is told. `Conv2D(filters)` before `Dense(10)` says `filters`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codegen.orders import expand, permutation_of
from pivot.dims import hint as dim_hint
from pivot.network import Node
from pivot.reading.modules import ModuleObject
from pivot.reading.values import TensorVersion
from pivot.slots import Coded, Path

DEPTH = 400


@dataclass(frozen=True, slots=True)
class Made:
    """A size that a layer was given as an argument; `text`: that argument."""

    module: ModuleObject
    text: ast.expr


@dataclass(frozen=True, slots=True)
class Sum:
    """The sizes of several tensors along the axis they were put together on."""

    parts: tuple[Made | Sum, ...]


Origin = Made | Sum


class SizeOrigins:
    """Origins of sizes in a network."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.makers = {result.id: node for node in nodes for result in node.results}

    def of(self, version: TensorVersion, axis: int, depth: int = 0) -> Origin | None:
        """The origin of one size of a tensor, or None where no argument of a layer says it."""
        node = self.makers.get(version.id)
        if node is None or node.op is None or depth > DEPTH:
            return None
        place = next(i for i, result in enumerate(node.results) if result.id == version.id)
        if node.op.shape == "concat":
            return self.of_concat(node, axis, depth)
        before = self.axis_before(node, place, version, axis)
        if before is not None:
            return self.of(*before, depth + 1)
        return self.of_layer(node, dim_hint(version.type.shape[axis]))

    def of_concat(self, node: Node, axis: int, depth: int) -> Origin | None:
        """The sum along the axis, or the size of the first tensor on all others."""
        parts = list(node.tensors())
        if not parts:
            return None
        along = node.params.get("axis")
        if not isinstance(along, int) or along % len(parts[0].type.shape) != axis:
            return self.of(parts[0], axis, depth + 1)
        found = [self.of(part, axis, depth + 1) for part in parts]
        return Sum(tuple(f for f in found if f is not None)) if None not in found else None

    def axis_before(
        self, node: Node, place: int, version: TensorVersion, axis: int
    ) -> tuple[TensorVersion, int] | None:
        """The operand's axis that an axis of a result is, where the op keeps it."""
        assert node.op is not None
        rank, size = len(version.type.shape), dim_hint(version.type.shape[axis])
        for name, operand in node.operands.items():
            if not isinstance(operand, TensorVersion):
                continue
            before = self.same_axis(node, name, operand, place, rank, axis)
            if before is not None and dim_hint(operand.type.shape[before]) == size:
                return operand, before
        return None

    def same_axis(self, node: Node, name: str, operand: TensorVersion, place: int, rank: int, axis: int) -> int | None:
        """The axis of an operand that stands for an axis of the result."""
        assert node.op is not None
        count = len(operand.type.shape)
        if node.op.shape in ("permute", "transpose", "swapaxes", "move_axis"):
            order = permutation_of(node.op, node.params, node.operands, name, operand)
            return order[axis] if order is not None else None
        if node.op.layout in ("any", "axis") and count == rank:
            return axis
        if node.op.layout == "axis":
            kept = [a for a in range(count) if a not in axes_of(node, count)]
            return kept[axis] if len(kept) == rank else None
        output = list(node.op.outputs)[min(place, len(node.op.outputs) - 1)]
        orders = node.form.order if node.form is not None else {}
        mine, theirs = orders.get(name) or node.op.letters(name), orders.get(output) or node.op.letters(output)
        if mine is None or theirs is None:
            return None
        a, b = expand(tuple(mine), count), expand(tuple(theirs), rank)
        if a is None or b is None:
            return None
        return a.index(b[axis]) if b[axis] in a else taken_over(node, name, a, version_size(node, place, axis))

    def of_layer(self, node: Node, size: int) -> Origin | None:
        """The argument of a layer that has this size: `filters`, `units`."""
        module = node.module
        if module is None or module.bound is None or module.form is None:
            return None
        call, _ = module.made_at
        if not isinstance(call, ast.Call):
            return None
        for slot in module.form.args:
            path = slot.value.path if isinstance(slot.value, Coded) else slot.value
            if not isinstance(path, Path) or path.index is not None or module.params.get(path.name) != size:
                continue
            if node.op is None or node.op.params[path.name].type.kind != "int" or path.name in ("kernel", "stride"):
                continue
            text = argument(call, module.bound.given.get(slot.key))
            if text is not None:
                return Made(module, text)
        return None


def version_size(node: Node, place: int, axis: int) -> int:
    """The size of an axis of a result."""
    return dim_hint(node.results[place].type.shape[axis])


def taken_over(node: Node, name: str, letters: Sequence[str], size: int) -> int | None:
    """The axis of an operand whose size a parameter of the source's layer is taken from: the filters of a depthwise
    convolution, which are the channels of what it takes.
    """
    derived = node.form.derive if node.form is not None else {}
    for param, text in derived.items():
        operand, _, letter = text.partition(".")
        if operand == name and letter in letters and node.params.get(param) == size:
            return letters.index(letter)
    return None


def axes_of(node: Node, rank: int) -> set[int]:
    """The axes that an op names, non-negative."""
    found: set[int] = set()
    for name, spec in node.op.params.items() if node.op is not None else ():
        value = node.params.get(name)
        if spec.type.kind in ("axis", "axes"):
            found.update(
                a % rank for a in (value if isinstance(value, (tuple, list)) else (value,)) if isinstance(a, int)
            )
    return found


def argument(call: ast.Call, where: object) -> ast.expr | None:
    """What stands in a call at a place or under a name."""
    if isinstance(where, int) and where < len(call.args):
        before = call.args[: where + 1]
        return call.args[where] if not any(isinstance(a, ast.Starred) for a in before) else None
    return next((k.value for k in call.keywords if k.arg is not None and k.arg == where), None)
