"""What a shape rule sees of a site, and the small laws that many rules share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pivot.dims import Dim, Size, hint
from pivot.op import Op
from pivot.types import TensorType


class ShapeError(Exception):
    """The operands do not fit the op; the text says why."""


class FreeSize(ShapeError):
    """How many results there are depends on a size that is not fixed."""

    def __init__(self, why: str, size: Dim) -> None:
        super().__init__(why)
        self.size = size


class NoPlace(ShapeError):
    """A place that an axis does not have; `result` is what a longer axis would give."""

    def __init__(self, why: str, result: TensorType) -> None:
        super().__init__(why)
        self.result = result


OperandType: TypeAlias = TensorType | tuple[TensorType, ...] | bool | int | float | Size | None


@dataclass(frozen=True, slots=True)
class Site:
    """Parameters in normal form and operand types in the order of the op's letters."""

    op: Op
    params: Mapping[str, object]
    operands: Mapping[str, OperandType]

    def tensor(self, name: str) -> TensorType:
        """A tensor operand."""
        value = self.operands.get(name)
        if not isinstance(value, TensorType):
            raise ShapeError(f"the operand '{name}' is not a tensor")
        return value

    def first(self) -> TensorType:
        """The first input."""
        return self.tensor(next(iter(self.op.inputs), ""))

    def tensors(self) -> tuple[TensorType, ...]:
        """All entries of the first input, a list."""
        name = next(iter(self.op.inputs), "")
        value = self.operands.get(name)
        if isinstance(value, tuple) and value:
            return value
        raise ShapeError(f"the operand '{name}' is not a list of tensors")

    def given(self) -> tuple[TensorType | bool | int | float | Size, ...]:
        """All inputs that are there and are no lists, in the op's order."""
        values = (self.operands.get(name) for name in self.op.inputs)
        return tuple(value for value in values if value is not None and not isinstance(value, tuple))

    def param(self, name: str) -> object:
        """A parameter, None where the op has none of this name or it is not given."""
        if name in self.params:
            return self.params[name]
        spec = self.op.params.get(name)
        return spec.default if spec is not None else None

    def flag(self, name: str) -> bool:
        """A truth value."""
        return self.param(name) is True

    def size(self, name: str) -> Dim:
        """A whole number."""
        value = self.param(name)
        if isinstance(value, (int, Size)) and not isinstance(value, bool):
            return value
        raise ShapeError(f"the parameter '{name}' is not a number")

    def sizes(self, name: str) -> tuple[Dim, ...]:
        """Whole numbers."""
        value = self.param(name)
        if isinstance(value, (int, Size)):
            return (value,)
        if isinstance(value, (tuple, list)) and all(isinstance(item, (int, Size)) for item in value):
            return tuple(value)
        raise ShapeError(f"the parameter '{name}' is not numbers")

    def axis(self, name: str, rank: int) -> int:
        """An axis of a tensor with `rank` axes, non-negative."""
        value = self.param(name)
        if not isinstance(value, int):
            raise ShapeError(f"the parameter '{name}' is not an axis")
        return checked_axis(value, rank)

    def axes(self, name: str, rank: int) -> tuple[int, ...] | None:
        """Axes of a tensor with `rank` axes; None where none are given."""
        value = self.param(name)
        if value is None:
            return None
        items = value if isinstance(value, (tuple, list)) else (value,)
        found = tuple(checked_axis(item, rank) for item in items)
        if len(set(found)) != len(found):
            raise ShapeError(f"an axis stands twice in {found}")
        return found


Rule: TypeAlias = Callable[[Site], Sequence[TensorType]]


def checked_axis(axis: object, rank: int) -> int:
    """An axis counted from 0; a scalar has the axes 0 and -1, as in torch."""
    if not isinstance(axis, int) or not -max(rank, 1) <= axis < max(rank, 1):
        raise ShapeError(f"axis {axis} does not exist in a tensor of {rank} axes")
    return axis % max(rank, 1)


def agree(left: Dim, right: Dim, what: str) -> Dim:
    """One size for two that must be equal: equal on the example is enough, a fixed number is preferred."""
    if left == right:
        return left
    if hint(left) != hint(right) or (isinstance(left, int) and isinstance(right, int)):
        raise ShapeError(f"{what}: {left} and {right} differ")
    return right if isinstance(right, int) else left


def broadcast(shapes: Sequence[tuple[Dim, ...]]) -> tuple[Dim, ...]:
    """The common shape of shapes aligned at the right, where 1 stretches."""
    rank = max((len(shape) for shape in shapes), default=0)
    found: list[Dim] = []
    for place in range(-rank, 0):
        size: Dim = 1
        for shape in shapes:
            mine = shape[place] if -place <= len(shape) else 1
            if mine == 1:
                continue
            size = mine if size == 1 else agree(size, mine, f"axis {place} cannot be broadcast")
        found.append(size)
    return tuple(found)


def replaced(shape: tuple[Dim, ...], axis: int, *sizes: Dim) -> tuple[Dim, ...]:
    """The shape with one axis replaced by others, or by none."""
    return (*shape[:axis], *sizes, *shape[axis + 1 :])


def check_positive(size: Dim, what: str) -> Dim:
    """The size, if it is not below 1 on the example."""
    if hint(size) < 1:
        raise ShapeError(f"{what} would be {hint(size)}")
    return size
