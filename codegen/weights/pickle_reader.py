"""A pickle stream read as data: opcodes are interpreted, nothing is imported and nothing is called.

Globals become `Global` names; calls become `Call` records except for the few that only build containers or tensors
(see `_BUILDERS`). Tensors become `TensorRecord`s: a view description of a storage, checked and read later.
"""

from __future__ import annotations

import pickletools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_OPCODES = 20_000_000


class PickleError(Exception):
    """The stream is damaged or does something that data never does; the text says what."""


@dataclass(frozen=True, slots=True)
class Global:
    """A name in a module, such as torch.FloatStorage; never resolved."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class Call:
    """An object made by a call or class that is not interpreted; `state` is what BUILD would have set."""

    function: object
    arguments: tuple[object, ...] = ()
    state: object = None
    items: dict[object, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class StorageRecord:
    """A persistent id: element type name ("FloatStorage", "UntypedStorage"), key in the file, number of elements."""

    kind: str
    key: str
    numel: int


@dataclass(frozen=True, slots=True, eq=False)
class TensorRecord:
    """A view of a storage in elements; `dtype` only where the storage is untyped."""

    storage: StorageRecord
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str | None = None


_MARK = object()


def read_pickle(stream: BinaryIO) -> object:
    """The value of one pickle; the stream stands behind its STOP afterwards. Raises PickleError."""
    machine = _Machine()
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
            if count > MAX_OPCODES:
                raise PickleError("it has too many instructions")
            machine.step(opcode.name, argument)
    except PickleError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, UnicodeDecodeError, OverflowError, EOFError) as error:
        raise PickleError(f"it is damaged ({error})") from error
    if len(machine.stack) != 1:
        raise PickleError("it is damaged (no single value is left)")
    return machine.stack[0]


class _Machine:
    """The stack machine. One method per opcode that carries meaning; what is not listed is refused."""

    def __init__(self) -> None:
        self.stack: list[object] = []
        self.memo: dict[int, object] = {}

    def step(self, name: str, argument: object) -> None:
        if name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name])
        elif name in _LITERALS:
            self.stack.append(argument)
        elif name in _EMPTY:
            self.stack.append(_EMPTY[name]())
        else:
            method = getattr(self, f"op_{name.lower()}", None)
            if method is None:
                raise PickleError(f"it uses the instruction {name}")
            method(argument)

    def _marked(self) -> list[object]:
        """What was pushed since the last mark; both are taken off."""
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place] is _MARK:
                items = self.stack[place + 1 :]
                del self.stack[place:]
                return items
        raise PickleError("it is damaged (no mark)")

    def op_proto(self, _: object) -> None:
        """The protocol number needs no action."""

    op_frame = op_stop = op_proto

    def op_mark(self, _: object) -> None:
        self.stack.append(_MARK)

    def op_pop(self, _: object) -> None:
        self.stack.pop()

    def op_pop_mark(self, _: object) -> None:
        self._marked()

    def op_dup(self, _: object) -> None:
        self.stack.append(self.stack[-1])

    def op_memoize(self, _: object) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def op_put(self, number: object) -> None:
        self.memo[_whole(number)] = self.stack[-1]

    op_binput = op_long_binput = op_put

    def op_get(self, number: object) -> None:
        self.stack.append(self.memo[_whole(number)])

    op_binget = op_long_binget = op_get

    def op_tuple(self, _: object) -> None:
        self.stack.append(tuple(self._marked()))

    def op_tuple1(self, _: object) -> None:
        self.stack[-1:] = [tuple(self.stack[-1:])]

    def op_tuple2(self, _: object) -> None:
        self.stack[-2:] = [tuple(self.stack[-2:])]

    def op_tuple3(self, _: object) -> None:
        self.stack[-3:] = [tuple(self.stack[-3:])]

    def op_list(self, _: object) -> None:
        self.stack.append(list(self._marked()))

    op_frozenset = op_list

    def op_dict(self, _: object) -> None:
        items = self._marked()
        self.stack.append({})
        self._set(items)

    def op_append(self, _: object) -> None:
        value = self.stack.pop()
        self._extend([value])

    def op_appends(self, _: object) -> None:
        self._extend(self._marked())

    op_additems = op_appends

    def op_setitem(self, _: object) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._set([key, value])

    def op_setitems(self, _: object) -> None:
        self._set(self._marked())

    def op_global(self, argument: object) -> None:
        module, _, name = str(argument).partition(" ")
        self.stack.append(Global(module, name))

    def op_stack_global(self, _: object) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise PickleError("it is damaged (a name is not text)")
        self.stack.append(Global(module, name))

    def op_reduce(self, _: object) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        if not isinstance(arguments, tuple):
            raise PickleError("it is damaged (a call without arguments)")
        self.stack.append(_call(function, arguments))

    op_newobj = op_reduce

    def op_newobj_ex(self, _: object) -> None:
        keywords, arguments, function = self.stack.pop(), self.stack.pop(), self.stack.pop()
        self.stack.append(Call(function, (arguments, keywords)))

    def op_obj(self, _: object) -> None:
        items = self._marked()
        self.stack.append(_call(items[0], tuple(items[1:])))

    def op_inst(self, argument: object) -> None:
        module, _, name = str(argument).partition(" ")
        self.stack.append(_call(Global(module, name), tuple(self._marked())))

    def op_build(self, _: object) -> None:
        state = self.stack.pop()
        if isinstance(self.stack[-1], Call):
            self.stack[-1].state = state
        # on a dict it sets attributes such as OrderedDict's _metadata: no weights are in there

    def op_binpersid(self, _: object) -> None:
        self.stack.append(_persistent(self.stack.pop()))

    def _extend(self, values: list[object]) -> None:
        target = self.stack[-1]
        if isinstance(target, list):
            target.extend(values)
        elif isinstance(target, Call):
            target.items.update({len(target.items) + place: value for place, value in enumerate(values)})
        else:
            raise PickleError("it is damaged (appends to what is no list)")

    def _set(self, items: list[object]) -> None:
        target = self.stack[-1]
        table = target.items if isinstance(target, Call) else target
        if not isinstance(table, dict) or len(items) % 2:
            raise PickleError("it is damaged (sets items of what is no dict)")
        for key, value in zip(items[::2], items[1::2], strict=True):
            # any other key is wrapped: hashing a deeply shared tuple would take for ever
            table[key if isinstance(key, str | int | float | bytes | Global | None) else Call(key)] = value


_CONSTANTS: dict[str, object] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY: dict[str, Callable[[], object]] = {
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_SET": list,
    "EMPTY_TUPLE": tuple,
}
_LITERALS = frozenset(
    {"INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING", "BINSTRING",
     "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES",
     "BINBYTES8", "BYTEARRAY8"}
)  # fmt: skip


def _whole(value: object) -> int:
    """A number read from the stream that must be a non-negative int."""
    number = int(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**62:
        raise PickleError(f"it is damaged ({str(value)[:40]} is not a size)")
    return number


def _sizes(value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple | list) or len(value) > 64:
        raise PickleError("it is damaged (a shape is not a list of sizes)")
    return tuple(_whole(size) for size in value)


def _persistent(value: object) -> object:
    """("storage", type, key, device, numel[, view]) or ("module", class, file, source text), from torch.save."""
    if isinstance(value, tuple) and len(value) > 1 and value[0] == "module" and isinstance(value[1], Global):
        return value[1]
    if not isinstance(value, tuple) or len(value) < 5 or value[0] != "storage" or not isinstance(value[1], Global):
        raise PickleError("it refers to something that is not a tensor storage")
    if len(value) > 5 and value[5] is not None:
        raise PickleError("it holds views of storages in the form of torch 0.1")
    return StorageRecord(value[1].name, str(value[2]), _whole(value[4]))


def _rebuild_tensor(arguments: tuple[object, ...]) -> object:
    storage, offset, shape, strides = arguments[:4]
    if not isinstance(storage, StorageRecord):
        raise PickleError("it is damaged (a tensor without a storage)")
    record = TensorRecord(storage, _whole(offset), _sizes(shape), _sizes(strides))
    if len(record.shape) != len(record.strides):
        raise PickleError("it is damaged (a shape and its strides differ in length)")
    return record


def _rebuild_tensor_v3(arguments: tuple[object, ...]) -> object:
    record = _rebuild_tensor(arguments)
    if not isinstance(record, TensorRecord) or not isinstance(arguments[6], Global):
        raise PickleError("it is damaged (a tensor without a type)")
    return TensorRecord(record.storage, record.offset, record.shape, record.strides, arguments[6].name)


def _rebuild_from_type(arguments: tuple[object, ...]) -> object:
    """(function, type, arguments, state): a Tensor subclass or a tensor with attributes."""
    inner = arguments[2]
    return _call(arguments[0], inner if isinstance(inner, tuple) else ())


def _dictionary(arguments: tuple[object, ...]) -> object:
    """OrderedDict(), OrderedDict([(key, value), ...]), defaultdict(factory)"""
    pairs = arguments[0] if arguments and isinstance(arguments[0], list) else []
    return {pair[0]: pair[1] for pair in pairs if isinstance(pair, list | tuple) and isinstance(pair[0], str | int)}


def _members(arguments: tuple[object, ...]) -> object:
    """set([...]): kept as a list, whatever its members are."""
    return list(arguments[0]) if arguments and isinstance(arguments[0], list | tuple) else []


_BUILDERS: dict[str, Callable[[tuple[object, ...]], object]] = {
    "builtins.set": _members,
    "__builtin__.set": _members,
    "builtins.frozenset": _members,
    "__builtin__.frozenset": _members,
    "collections.OrderedDict": _dictionary,
    "collections.defaultdict": _dictionary,
    "torch.Size": lambda arguments: _sizes(arguments[0]),
    "torch._utils._rebuild_tensor": _rebuild_tensor,
    "torch._utils._rebuild_tensor_v2": _rebuild_tensor,
    "torch._utils._rebuild_tensor_v3": _rebuild_tensor_v3,
    "torch._utils._rebuild_parameter": lambda arguments: arguments[0],
    "torch._utils._rebuild_parameter_with_state": lambda arguments: arguments[0],
    "torch._tensor._rebuild_from_type_v2": _rebuild_from_type,
}


def _call(function: object, arguments: tuple[object, ...]) -> object:
    builder = _BUILDERS.get(str(function)) if isinstance(function, Global) else None
    return Call(function, arguments) if builder is None else builder(arguments)
