"""The canonical form of what only numbers axes and places: for comparing networks whose texts were written differently.

    index(x)[:, 0]                     = reshape(x)             where the axis has size 1
    reshape(reshape(x))                = reshape(x)             and nothing where the shape is that of x
    permute(permute(x))                = permute(x)             and nothing where no axis moves
    dropout(x) that is switched off    = x
    norm(x) without a scale            = norm(x)                with a scale of ones, where a target has no other
    adaptive_avg_pool(x) to size 1     = mean(x) over the axes of space, whether they are kept or not
    permute(x) of axes of size 1       = reshape(x)
    index_select(table, 0, ids)        = embedding(ids, table)  where the table has two axes
    pool(x) whose last windows may     = pool(x)                where windows go on by one place
    reach out

Permutes are moved behind elementwise steps: see `codegen.sinking`.
The same done twice is done once, and values that nobody reads are left out. Everything else stays as it is, in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from codegen.orders import permutation_of
from codegen.proof_sides import Item, ReadSide, inactive
from codegen.sinking import Known, as_gelu, as_stochastic_depth, keeps_places, owned, sunk
from codegen.wishes import PERMUTING
from pivot.op import Op
from pivot.results import ENTRIES, entry_id
from pivot.slots import Literal

PLACING = ("reshape", "permute")


class Simplified:
    """A side of a comparison without what changes nothing."""

    def __init__(self, side: ReadSide) -> None:
        self.side = side
        self.inputs = side.inputs
        self.alias: dict[str, str] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.parts: set[str] = set()  # results of what one op is said by instead
        self.serial: dict[str, int] = {}
        for entry in side.run.inputs:
            self.shapes[entry.value.id] = tuple(map(side.size, entry.value.type.shape))
            self.serial[entry.value.id] = len(self.serial)

    @property
    def outputs(self) -> list[str | None]:
        """Canonical ids of the outputs."""
        return [self.name(id_) if id_ is not None else None for id_ in self.side.outputs]

    def name(self, id_: str) -> str:
        """The canonical id of a value."""
        while id_ in self.alias:
            id_ = self.alias[id_]
        return id_

    def items(self) -> Iterator[Item]:
        """What is left, in order."""
        found: list[Item] = []
        makers: dict[str, Item] = {}
        seen: dict[object, Item] = {}
        for item in self.canonical(makers):
            key = (item.op, item.operands, item.shapes, str(item.params)) if item.op in PLACING else None
            twin = seen.setdefault(key, item) if key is not None else item
            if twin is not item:
                self.alias[item.results[0]] = twin.results[0]
                continue
            found.append(item)
            for result, shape in zip(item.results, item.shapes, strict=False):
                makers[result], self.shapes[result], self.serial[result] = item, shape, len(self.serial)
                for place in set(ENTRIES.values()):  # one direction's state of all
                    self.shapes[entry_id(result, place)] = shape[1:]
        wanted = {id_ for id_ in self.outputs if id_ is not None}
        kept: list[Item] = []
        for item in reversed(found):
            is_left = item.op not in PLACING and not self.parts.intersection(item.results)
            if is_left or any(result in wanted for result in item.results):
                kept.append(item)
                wanted.update(ids(item.operands))
        return iter(kept[::-1])

    def canonical(self, makers: dict[str, Item]) -> Iterator[Item]:
        """All items one by one, each in canonical form when those before it are known."""
        for whole in self.side.items():
            for tensor in whole.node.tensors() if whole.node is not None else ():
                shape = tuple(map(self.side.size, tensor.type.shape))
                self.shapes.setdefault(self.name(self.side.name(tensor.id)), shape)
            for part in as_mean(whole):
                item = replace(part, operands=self.renamed(part.operands))
                known = Known(makers, self.shapes, self.serial)
                for one in sunk(item, known):
                    made = self.simplified(replace(one, operands=self.renamed(one.operands)), makers)
                    whole_again = (as_gelu(made, makers) or as_stochastic_depth(made, known)) if made else None
                    if whole_again is not None:
                        made, parts = whole_again
                        self.parts.update(part.results[0] for part in parts)
                    if made is not None:
                        yield made

    def renamed(self, operands: tuple[object, ...]) -> tuple[object, ...]:
        """Operands under their canonical ids."""
        return tuple(
            self.renamed(o) if isinstance(o, tuple) else self.name(o) if isinstance(o, str) else o for o in operands
        )

    def simplified(self, item: Item, makers: dict[str, Item]) -> Item | None:
        """An item in canonical form; None where it changes nothing."""
        op = item.node.op if item.node is not None else None
        if op is not None and op.name == item.op and (told := told_by_numbers(op)):
            item = replace(item, params={name: value for name, value in item.params.items() if name not in told})
        item = as_permute(item)
        if item.params.get("ceil") is True and all(step == 1 for step in strides(item)):
            item = replace(item, params={**item.params, "ceil": False})
        source = item.operands[0] if item.operands and isinstance(item.operands[0], str) else None
        before = self.shapes.get(source) if source is not None else None
        if source is None or len(item.results) != 1 or not item.shapes:
            return item
        if item.node is not None and inactive(item.node):
            self.alias[item.results[0]] = source
            return None
        if before is not None and is_look_up(item, before):
            params = {"entries": before[0], "width": before[1]}
            return replace(item, op="embedding", params=params, operands=item.operands[::-1], step=None)
        if item.op == "index" and before is not None and takes_only_ones(item.params.get("index"), before):
            item = replace(item, op="reshape", params={}, step=None)
        if item.op == "reshape":
            maker = makers.get(source)
            if maker is not None and maker.op == "reshape" and isinstance(maker.operands[0], str):
                source, item = maker.operands[0], replace(item, parameters=(*item.parameters, *owned(maker)))
                before = self.shapes.get(source)
            if before == item.shapes[0]:
                self.alias[item.results[0]] = source
                return None
            return replace(item, operands=(source, *item.operands[1:]))
        order = item.params.get("order")
        if item.op == "permute" and isinstance(order, tuple) and before is not None and keeps_places(before, order):
            return self.simplified(replace(item, op="reshape", params={}, step=None), makers)
        if item.op == "permute" and isinstance(order, tuple):
            maker = makers.get(source)
            inner = maker.params.get("order") if maker is not None and maker.op == "permute" else None
            if maker is not None and isinstance(inner, tuple):
                item = replace(item, parameters=(*item.parameters, *owned(maker)))
                source, order = str(maker.operands[0]), tuple(inner[axis] for axis in order)
            if order == tuple(range(len(order))):
                self.alias[item.results[0]] = source
                return None
            return replace(item, operands=(source, *item.operands[1:]), params={"order": order})
        return item


def as_permute(item: Item) -> Item:
    """Two axes that change places, or one that moves, as the order of all."""
    node = item.node
    value = next(iter(node.tensors()), None) if node is not None else None
    if node is None or node.op is None or value is None or node.op.shape not in PERMUTING or item.op != node.op.name:
        return item
    name = next(name for name, operand in node.operands.items() if operand is value)
    order = permutation_of(node.op, node.params, node.operands, name, value)
    return item if order is None else replace(item, op="permute", params={"order": order}, step=None)


def is_look_up(item: Item, shape: tuple[int, ...]) -> bool:
    """Does an item take rows of a table, as an embedding does?"""
    return item.op == "index_select" and len(shape) == len(item.operands) == 2 and item.params.get("axis") == 0


def strides(item: Item) -> tuple[object, ...]:
    """The steps of a window."""
    given = item.params.get("stride")
    return tuple(given) if isinstance(given, (tuple, list)) else (given,)


def as_mean(item: Item) -> Iterator[Item]:
    """A mean that keeps no axis, and a reshape where they were kept; everything else as it is."""
    node = item.node
    value = next(iter(node.tensors()), None) if node is not None else None
    if node is None or node.op is None or value is None or not item.shapes or item.op != node.op.name:
        yield item
        return
    rank, axes = len(value.type.shape), item.params.get("axes")
    if item.op.startswith("adaptive_avg_pool"):
        letters = (node.form.order.get("x") if node.form is not None else None) or node.op.letters("x") or ()
        axes = tuple(place for place, letter in enumerate(letters) if letter not in ("N", "C"))
        whole = len(letters) == rank and all(item.shapes[0][axis] == 1 for axis in axes)
        kept = True
    else:
        whole, kept = item.op == "mean" and isinstance(axes, tuple), item.params.get("keepdims") is True
    if not whole or not isinstance(axes, tuple):
        yield item
        return
    places = tuple(sorted(axis % rank for axis in axes))
    shape = tuple(size for axis, size in enumerate(item.shapes[0]) if not kept or axis not in places)
    inner = f"{item.results[0]}.mean"
    params = {"axes": places, "keepdims": False}
    yield replace(item, op="mean", params=params, results=(inner,), shapes=(shape,), step=None)
    yield Item("reshape", {}, (inner,), item.results, item.shapes, None)


@cache
def told_by_numbers(op: Op) -> frozenset[str]:
    """Parameters that say whether a weight is there, for which some form takes one that is all ones instead."""
    bodies = [form for forms in op.forms.values() for form in forms if form.spelling == "body"]
    filled = {
        name
        for form in bodies
        for step in form.body
        for name, value in step.params
        if step.op == op.name and name in op.weights and isinstance(value, Literal)
    }
    conditions = {op.weights[name].condition for name in filled}
    return frozenset(condition for condition in conditions if condition is not None)


def ids(operands: tuple[object, ...]) -> Iterator[str]:
    """Ids of values among operands."""
    for operand in operands:
        if isinstance(operand, tuple):
            yield from ids(operand)
        elif isinstance(operand, str):
            yield operand


def takes_only_ones(index: object, shape: tuple[int, ...]) -> bool:
    """Does an index take whole axes, and the only place of axes of size 1?"""
    if not isinstance(index, (list, tuple)) or len(index) != len(shape):
        return False
    whole = (slice(None), slice(None, None, None), slice(0, None, None))
    return all(
        any(part == other for other in whole) if isinstance(part, slice) else part in (0, -1) and size == 1
        for part, size in zip(index, shape, strict=True)
    )
