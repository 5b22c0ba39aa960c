"""Calls on tensors that stand for inputs to come, as `keras.Input` makes them: what functional models are made of.

Outermost calls are kept: a layer that is called, an op on tensors. What a layer does inside is its own business, and
is met again whenever the call is repeated with other tensors.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pivot.dims import Dim, Size, renamed, symbol
from pivot.reading.bombs import check_graph, check_nested
from pivot.reading.frames import Frame
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.storage import new_version
from pivot.reading.values import DictObject, ListObject, TensorCell, TensorVersion, Value
from pivot.types import TensorType

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.keras_masks import Mask
    from pivot.reading.modules import ModuleObject

Again = Callable[["Evaluator", Args, Kwargs, "Exchange", Frame], Value]


@dataclass(slots=True, eq=False, repr=False)
class Record:
    """One call on symbolic tensors. `layer`: the module that was called, None for an op; `again` repeats the call."""

    layer: ModuleObject | None
    args: Args
    kwargs: Kwargs
    node: ast.AST
    frame: Frame
    again: Again | None  # None: an input
    operands: tuple[TensorVersion, ...] = ()
    results: tuple[TensorVersion, ...] = ()
    result: Value | None = None


@dataclass(slots=True)
class Recorder:
    """The symbolic calls of one elaboration, and the names that layers without one get in the order of their making."""

    made: dict[str, Record] = field(default_factory=dict)  # by the id of a result
    records: list[Record] = field(default_factory=list)
    depth: int = 0
    names: dict[str, int] = field(default_factory=dict)
    masks: dict[str, Mask] = field(default_factory=dict)  # by the id of the tensor that has it

    def symbolic(self, ev: Evaluator, values: tuple[Value, ...]) -> bool:
        """Does the outermost call take a tensor that stands for an input to come? Arms on trial leave no record."""
        if self.depth or not self.made or ev.speculating:
            return False
        return any(cell.version.id in self.made for value in values for cell in cells(value))

    def add(self, ev: Evaluator, record: Record, result: Value) -> Value:
        """Keep a call; its result, in which tensors that were there before are values of their own."""
        check_graph(len(self.records))
        found: list[TensorVersion] = []
        before = [cell.version.id for cell in cells(result)]
        result = fresh(ev, result, self.made, found)
        for old, version in zip(before, found, strict=True):
            if old in self.masks:
                self.masks[version.id] = self.masks[old]
        record.results, record.result = tuple(found), result
        record.operands = tuple(
            cell.version for value in (*record.args, *record.kwargs.values()) for cell in cells(value)
        )
        for version in found:
            self.made[version.id] = record
        self.records.append(record)
        return result

    def automatic_name(self, class_name: str, on_trial: bool = False) -> str:
        """`conv2d`, `conv2d_1`: the name of the next layer of a class that is given none."""
        base = snake_case(class_name)
        number = self.names.get(base, 0)
        if not on_trial:
            self.names[base] = number + 1
        return f"{base}_{number}" if number else base


def snake_case(name: str) -> str:
    """`Conv2D` -> `conv2d`, `ReLU` -> `re_lu`: how Keras names layers by their class."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


HOLDING = (TensorCell, tuple, ListObject, DictObject)
"""What tensors stand in."""


def cells(value: Value) -> Iterator[TensorCell]:
    """The tensors in a value: in lists, tuples and dicts too."""
    if isinstance(value.hint, HOLDING):
        check_nested(value.hint)
        yield from _cells(value)


def _cells(value: Value) -> Iterator[TensorCell]:
    hint = value.hint
    if isinstance(hint, TensorCell):
        yield hint
    elif isinstance(hint, (tuple, ListObject)):
        for item in hint.items if isinstance(hint, ListObject) else hint:
            if isinstance(item, Value):
                yield from _cells(item)
    elif isinstance(hint, DictObject):
        for _, item in hint.entries.values():
            yield from _cells(item)


def fresh(ev: Evaluator, value: Value, known: Mapping[str, object], found: list[TensorVersion]) -> Value:
    """The value with a version of its own for every tensor that is known already; all versions go into `found`."""

    def own(cell: TensorCell) -> TensorCell:
        version = cell.version
        if version.id in known or any(version is other for other in found):
            version = new_version(ev, version.type)
            cell = TensorCell(version)
        found.append(version)
        return cell

    return mapped(value, own, lambda size: size)


def mapped(value: Value, tensor: Callable[[TensorCell], TensorCell], size: Callable[[Size], Dim]) -> Value:
    """A value with its tensors and sizes replaced; what holds neither stays itself."""
    hint = value.hint
    new: object = hint
    if isinstance(hint, TensorCell):
        new = tensor(hint)
    elif isinstance(hint, Size):
        new = size(hint)
    elif isinstance(hint, tuple):
        parts = tuple(mapped(item, tensor, size) if isinstance(item, Value) else item for item in hint)
        new = parts if any(a is not b for a, b in zip(parts, hint, strict=True)) else hint
    elif isinstance(hint, ListObject):
        items = [mapped(item, tensor, size) for item in hint.items]
        changed = any(a is not b for a, b in zip(items, hint.items, strict=True))
        new = ListObject(items, hint.kind) if changed else hint
    elif isinstance(hint, DictObject):
        entries = {k: (key, mapped(item, tensor, size)) for k, (key, item) in hint.entries.items()}
        changed = any(a[1] is not b[1] for a, b in zip(entries.values(), hint.entries.values(), strict=True))
        new = DictObject(entries, hint.kind, hint.factory) if changed else hint
    return value if new is hint else Value(new, value.origin, value.depends)


class Exchange:
    """What stands for the tensors and free sizes of the recorded calls when they are repeated."""

    def __init__(self) -> None:
        self.tensors: dict[str, Value] = {}
        self.sizes: dict[str, Dim] = {}

    def enter(self, old: TensorVersion, new: Value) -> None:
        """A tensor of the recording and the one in its place; free sizes of the old one are those of the new one."""
        self.tensors[old.id] = new
        assert isinstance(new.hint, TensorCell)
        for was, now in zip(old.type.shape, new.hint.shape, strict=False):
            if isinstance(was, Size) and was != now:
                self.sizes.setdefault(str(was), now)

    def value(self, value: Value) -> Value:
        """An argument of a recorded call, in terms of the tensors now."""
        return mapped(value, self.cell, self.size)

    def cell(self, cell: TensorCell) -> TensorCell:
        """The tensor in the place of another."""
        new = self.tensors.get(cell.version.id)
        if new is None:
            return cell
        assert isinstance(new.hint, TensorCell)
        return new.hint

    def size(self, size: Size) -> Dim:
        """A size in terms of the tensors now."""
        return renamed(size, self.sizes) if self.sizes else size

    def plain(self, item: object) -> object:
        """The same for what forms hold: bare cells, versions, sizes, in tuples and lists."""
        if isinstance(item, TensorCell):
            return self.cell(item)
        if isinstance(item, TensorVersion):
            return self.cell(TensorCell(item)).version
        if isinstance(item, Size):
            return self.size(item)
        if isinstance(item, tuple):
            return tuple(map(self.plain, item))
        if isinstance(item, list):
            return list(map(self.plain, item))
        if isinstance(item, slice):
            return slice(*map(self.plain, (item.start, item.stop, item.step)))
        return item


def announced(
    ev: Evaluator,
    shape: tuple[int | None, ...],
    dtype: str,
    batch: int | None,
    place: int,
    example: tuple[int | None, ...] = (),
) -> TensorType:
    """The type of a symbolic input: a free batch, free sizes named by their axes. shape: without the batch.

    `example`: numbers that free sizes have where they are known, for the usual ones.
    """
    letters = {1: "N", 2: "NF", 3: "NTF", 4: "NHWC", 5: "NDHWC"}.get(len(shape) + 1, "")
    if len(shape) == 1 and not dtype.startswith("float"):
        letters = "NT"
    given = ev.given[place].shape if place < len(ev.given) and len(ev.given[place].shape) == len(shape) + 1 else None
    first = given[0] if given else ev.given[0].shape[0] if ev.given and ev.given[0].shape else None
    dims: list[Dim] = [
        batch if batch is not None else symbol("N", first if isinstance(first, int) else usual_batch(shape, ev.room))
    ]
    for axis, size in enumerate(shape, 1):
        if size is not None:
            dims.append(size)
            continue
        letter = letters[axis] if letters else f"A{axis}"
        known = example[axis - 1] if example else None
        hint = given[axis] if given else usual_size(len(shape), ev.room)
        dims.append(symbol(letter if place == 0 else f"{letter}{place + 1}", known or hint + ev.shift))
    return TensorType(tuple(dims), dtype)


def usual_batch(shape: tuple[int | None, ...], room: int) -> int:
    """Small images and features come in twos; one large image is enough."""
    total = 1
    for size in shape:
        total *= size or usual_size(len(shape), room)
    return 2 if total <= 64 * 64 * 3 else 1


def usual_size(rank: int, room: int) -> int:
    """A size for an axis that a source leaves open: images are larger than sequences are long, and have `room`."""
    return max(64, room) if rank == 3 else 16
