"""Orders of axes, and what a step says about axes: permutations, reduced and inserted axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codegen.lower import Step
from pivot.dims import Dim, Size
from pivot.dims import hint as dim_hint
from pivot.op import Op
from pivot.reading.values import TensorVersion
from pivot.shapes import ShapeError, infer
from pivot.types import TensorType

Order = tuple[int, ...]
"""Place k of the stored tensor holds logical axis order[k]."""


@dataclass(frozen=True, slots=True)
class Block:
    """Axis `axis` holds factors of these sizes (in logical order), stored in `order`."""

    axis: int
    sizes: tuple[int, ...]
    order: tuple[int, ...]


def identity(rank: int) -> Order:
    """The source's own order."""
    return tuple(range(rank))


def rank_of(value: TensorVersion) -> int:
    """Number of axes."""
    return len(value.type.shape)


def tensors(operands: dict[str, object]) -> Iterator[TensorVersion]:
    """Tensor operands in order."""
    for operand in operands.values():
        for item in operand if isinstance(operand, tuple) else (operand,):
            if isinstance(item, TensorVersion):
                yield item


def first_tensor(step: Step) -> TensorVersion | None:
    """The first tensor operand."""
    return next(tensors(step.operands), None)


def first_name(step: Step) -> str:
    """The name of the first tensor operand."""
    return next((k for k, v in step.operands.items() if isinstance(v, (TensorVersion, tuple))), "x")


def expand(letters: tuple[str, ...], rank: int) -> list[str] | None:
    """Letters with `*` spelled out for a rank."""
    if "*" not in letters:
        return list(letters) if len(letters) == rank else None
    at = letters.index("*")
    free = rank - len(letters) + 1
    if free < 0:
        return None
    return [*letters[:at], *(f"*{i}" for i in range(free)), *letters[at + 1 :]]


def permutation(step: Step) -> tuple[int, ...] | None:
    """out axis i = in axis p[i]."""
    value = first_tensor(step)
    return None if value is None else permutation_of(step.op, step.params, step.operands, first_name(step), value)


def permutation_of(
    op: Op, params: Mapping[str, object], operands: Mapping[str, object], name: str, value: TensorVersion
) -> tuple[int, ...] | None:
    """out axis i = in axis p[i] of the operand `name`, found by asking the shape rule about distinct sizes."""
    probe = TensorType(tuple(101 + i for i in range(rank_of(value))), value.type.dtype)
    try:
        out = infer(op, params, {**{k: v for k, v in operands.items() if k != name}, name: probe}, None)[0]
    except ShapeError:
        return None
    assert isinstance(out, TensorType)
    return tuple(dim_hint(size) - 101 for size in out.shape)


def axis_params(step: Step) -> Iterator[tuple[str, object]]:
    """Parameters that are axes."""
    for name, spec in step.op.params.items():
        if spec.type.kind in ("axis", "axes", "new_axis", "new_axes"):
            yield name, step.params.get(name)


def reduced_axes(step: Step) -> tuple[int, ...]:
    """The axes that a reduction or squeeze names, non-negative; all where it names none."""
    value = first_tensor(step)
    rank = rank_of(value) if value is not None else 0
    found: list[int] = []
    named = False
    for _, axes in axis_params(step):
        for axis in axes if isinstance(axes, (tuple, list)) else (axes,):
            if isinstance(axis, int):
                named = True
                found.append(axis % rank if rank else axis)
    return tuple(found) if named else ()


def inserted_axes(step: Step, rank: int) -> tuple[int, ...]:
    """The axes that unsqueeze adds, in the result's numbers."""
    return tuple(
        axis % rank
        for _, axes in axis_params(step)
        for axis in (axes if isinstance(axes, (tuple, list)) else (axes,))
        if isinstance(axis, int)
    )


def stacked_order(step: Step, order: Order) -> Order:
    """The order of tensors along a new axis, which stands in storage at its own number."""
    (axis,) = inserted_axes(step, len(order) + 1)
    moved = [a + (a >= axis) for a in order]
    return (*moved[:axis], axis, *moved[axis:])


def broadcast_order(order: Order, value: TensorVersion, general: bool = False) -> Order | None:
    """The order in which a value broadcasts against storage in an order; it may lack the first axes.

    (C, 1, 1) against N H W C wants 1 1 C; one number per axis may stand in any order. None where the axes that the
    value has are not the ones that are stored last. `general`: no size of 1 is looked at.
    """
    shift = len(order) - rank_of(value)
    tail = tuple(axis - shift for axis in order[shift:])
    if sorted(tail) == list(range(len(tail))):
        return tail  # also of a value with one number, as at the visits of the same site that have more
    single = not general and all(size == 1 for size in value.type.shape)
    return identity(rank_of(value)) if single else None


def spread_order(order: Order, value: TensorVersion) -> tuple[Order, tuple[int, ...]]:
    """Where the axes of a value with fewer of them stand in an order, and the places of the axes of size 1 that it
    then needs: a bias (C) against N C H W is (C, 1, 1).
    """
    shift = len(order) - rank_of(value)
    first = next(place for place, axis in enumerate(order) if axis >= shift)
    kept = order[first:]
    return tuple(a - shift for a in kept if a >= shift), tuple(i for i, a in enumerate(kept) if a < shift)


def alike(have: Order, want: Order, value: TensorVersion) -> bool:
    """Do two orders store a value in the same way? Axes of size 1 may change places."""
    sizes = value.type.shape
    return all(a == b or (sizes[a] == 1 and sizes[b] == 1) for a, b in zip(have, want, strict=True))


def same_size(a: Dim, b: Dim) -> bool:
    """Equal sizes by hint."""
    return dim_hint(a) == dim_hint(b)


def symbol_of(size: Size, number: int) -> tuple[Size, int] | None:
    """The symbol that a size of one factor fixes: 64*C is 192, so C is 3."""
    if len(size.terms) != 1:
        return None
    monomial, count = size.terms[0]
    if len(monomial) != 1 or monomial[0][1] != 1 or monomial[0][0].kind != "symbol" or number % count:
        return None
    return Size(((monomial, 1),), monomial[0][0].hint), number // count
