"""Elementwise steps in canonical form: permutes stand behind them, what is broadcast has no axes of size 1 in front.

    add(permute(a), permute(b))        = permute(add(a, b))
    add(permute(a), b)                 = permute(add(a, permute(b)))   where a is made before b
    mul(x, w)                          = mul(x, reshape(w))            where w has fewer axes: none of 1 in front

and what a framework without the operation says by several:

    0.5 * x * (1 + erf(x / sqrt(2)))   = gelu(x)
    squeeze(dropout3d(unsqueeze(x)))   = stochastic_depth(x)           where the one channel is a whole sample
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from codegen.proof_sides import Item
from pivot.reading.values import TensorVersion

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the values so far: the item that makes each, its shape, and when it was made."""

    makers: Mapping[str, Item]
    shapes: Mapping[str, Shape]
    serial: Mapping[str, int]


def sunk(item: Item, known: Known) -> Iterator[Item]:
    """An elementwise item with permutes behind it; every other item as it is."""
    op = item.node.op if item.node is not None else None
    if op is None or op.name != item.op or op.layout != "any" or len(item.results) != 1 or not item.shapes:
        yield item
        return
    rank = len(item.shapes[0])
    taken = [o for o in item.operands if isinstance(o, str) and o in known.shapes]
    full = [o for o in taken if len(known.shapes[o]) == rank]
    if len(taken) != sum(not isinstance(o, (int, float, bool)) and o is not None for o in item.operands) or not full:
        yield item  # something of unknown shape takes part
        return
    first = min(full, key=lambda o: known.serial.get(base_of(o, known)[0], len(known.serial)))
    order = base_of(first, known)[1] or tuple(range(rank))
    back = tuple(order.index(axis) for axis in range(rank))
    taken_along = owned(item)
    operands: list[object] = []
    for place, operand in enumerate(item.operands):
        if not isinstance(operand, str):
            operands.append(operand)
            continue
        made = brought(operand, known.shapes[operand], back, rank, f"{item.results[0]}.{place}")
        operands.append(operand if made is None else made.results[0])
        if made is not None:
            yield replace(made, parameters=taken_along)
    if back == tuple(range(rank)):
        yield replace(item, operands=tuple(operands))
        return
    inner = f"{item.results[0]}.sunk"
    shape = tuple(item.shapes[0][axis] for axis in back)
    yield replace(item, operands=tuple(operands), results=(inner,), shapes=(shape,), step=None)
    yield Item("permute", {"order": order}, (inner,), item.results, item.shapes, None)


def owned(item: Item) -> tuple[TensorVersion, ...]:
    """The parameters that an item takes."""
    given = item.node.tensors() if item.node is not None else ()
    return (*item.parameters, *(value for value in given if value.parameter is not None))


def base_of(id_: str, known: Known) -> tuple[str, Shape | None]:
    """What a value is a permute of, and by which order; itself where it is none."""
    maker = known.makers.get(id_)
    order = maker.params.get("order") if maker is not None and maker.op == "permute" else None
    if maker is None or not isinstance(order, tuple) or not isinstance(maker.operands[0], str):
        return id_, None
    return maker.operands[0], order


def brought(operand: str, shape: Shape, order: Shape, rank: int, name: str) -> Item | None:
    """The permute or reshape that brings an operand into the order in which a step is said; None where it has it."""
    whole = (1,) * (rank - len(shape)) + shape
    after = tuple(whole[axis] for axis in order)
    if len(shape) == rank:
        if order == tuple(range(rank)):
            return None
        return Item("permute", {"order": order}, (operand,), (name,), (after,), None)
    stripped = without_first_ones(after)
    if keeps_places(whole, order):
        return None if stripped == shape else Item("reshape", {}, (operand,), (name,), (stripped,), None)
    shift = rank - len(shape)
    if any(axis < shift for axis in order[shift:]):
        return Item("broadcast", {"order": order}, (operand,), (name,), (stripped,), None)
    own = tuple(axis - shift for axis in order[shift:])
    return Item("permute", {"order": own}, (operand,), (name,), (after[shift:],), None)


def without_first_ones(shape: Shape) -> Shape:
    """A shape without the axes of size 1 that it begins with."""
    first = next((place for place, size in enumerate(shape) if size != 1), len(shape))
    return shape[first:]


def keeps_places(shape: Shape, order: Shape) -> bool:
    """Does a permute only move axes of size 1?"""
    moved = [axis for axis in order if shape[axis] != 1]
    return moved == sorted(moved)


def as_gelu(item: Item, makers: Mapping[str, Item]) -> tuple[Item, list[Item]] | None:
    """The GELU that a product is, and the items that it stands for."""
    if item.op != "mul":
        return None
    for half, factor in (item.operands, item.operands[::-1]):
        scaled, more = maker(half, "mul", makers), maker(factor, "add", makers)
        x, one = number_and_value(scaled, 0.5), number_and_value(more, 1)
        bent = maker(one, "erf", makers)
        spread = maker(bent.operands[0], "div", makers) if bent is not None else None
        if x is None or scaled is None or more is None or bent is None or spread is None:
            continue
        over, by = spread.operands
        if over == x and isinstance(by, float) and math.isclose(by, math.sqrt(2), rel_tol=1e-15):
            made = replace(item, op="gelu", params={"tanh": False}, operands=(x,), step=None)
            return made, [scaled, more, bent, spread]
    return None


def as_stochastic_depth(item: Item, known: Known) -> tuple[Item, list[Item]] | None:
    """The stochastic depth that dropping the only channel of each sample is, and the items that it stands for."""
    made = known.makers.get(str(item.operands[0])) if item.op == "reshape" and item.operands else None
    op = made.node.op if made is not None and made.node is not None else None
    if made is None or op is None or made.op not in ("dropout2d", "dropout3d") or op.name != made.op:
        return None
    before = maker(made.operands[0], "reshape", known.makers)
    form = made.node.form if made.node is not None else None
    letters = (form.order.get("x") if form is not None else None) or op.letters("x") or ()
    if before is None or len(letters) != len(made.shapes[0]) or made.shapes[0][letters.index("C")] != 1:
        return None
    source = before.operands[0]
    if not isinstance(source, str) or known.shapes.get(source) != item.shapes[0]:
        return None
    params = {"rate": made.params.get("rate"), "mode": "row"}
    return replace(item, op="stochastic_depth", params=params, operands=(source,), step=None), [before, made]


def maker(id_: object, op: str, makers: Mapping[str, Item]) -> Item | None:
    """The item that makes a value, where it is of an op."""
    found = makers.get(id_) if isinstance(id_, str) else None
    return found if found is not None and found.op == op else None


def number_and_value(item: Item | None, number: float) -> str | None:
    """The other operand of an item of which one is a number."""
    operands = item.operands if item is not None else ()
    numbers = [o for o in operands if isinstance(o, (int, float))]
    values = [o for o in operands if isinstance(o, str)]
    return values[0] if len(operands) == 2 and numbers == [number] and values else None
