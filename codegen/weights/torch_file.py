"""`.pt` and `.pth` files without torch: the zip form and the older stream form -> state_dict names -> arrays.

A state_dict gives its tensors; a training checkpoint the state_dict inside it; a whole pickled module the tensors of
its `_parameters` and `_buffers` under the names that its state_dict would have. bfloat16 is widened to float32.
"""

from __future__ import annotations

import io
import zipfile
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from codegen.weights.arrays import FREE_BYTES, MAX_EXPANSION, MAX_TENSORS, Array, refuse_file, widen_bfloat16
from codegen.weights.pickle_reader import Call, PickleError, StorageRecord, TensorRecord, read_pickle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
WRAPPERS = ("state_dict", "model_state_dict", "model", "net", "network", "module", "weights", "params", "params_ema")
"""Where training scripts keep the state_dict in their checkpoint, the most usual name first."""

_TYPES: dict[str, tuple[str, int]] = {
    "float64": ("f8", 8), "float32": ("f4", 4), "float16": ("f2", 2), "bfloat16": ("bfloat16", 2),
    "int64": ("i8", 8), "int32": ("i4", 4), "int16": ("i2", 2), "int8": ("i1", 1), "uint8": ("u1", 1),
    "uint16": ("u2", 2), "uint32": ("u4", 4), "uint64": ("u8", 8), "bool": ("?", 1),
    "complex64": ("c8", 8), "complex128": ("c16", 16),
}  # fmt: skip
_STORAGES = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8",
    "ByteStorage": "uint8", "BoolStorage": "bool", "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
}  # fmt: skip

_Bytes: TypeAlias = "Callable[[StorageRecord], bytes]"


def read_torch(path: Path) -> dict[str, Array]:
    """The tensors of a file written by torch.save, by name. Raises Refusal."""
    try:
        if zipfile.is_zipfile(path):
            return _read_zip(path)
        return _read_legacy(path)
    except (PickleError, zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        why = f"is not a readable torch checkpoint: {error}"
        remedy = "save the weights again with torch.save(model.state_dict(), ...) or as .safetensors"
        raise refuse_file("weights-damaged", path, why, remedy) from error


def _read_zip(path: Path) -> dict[str, Array]:
    """data.pkl describes, data/<key> holds the numbers."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: info for info in archive.infolist()}
        size = path.stat().st_size
        if sum(info.file_size for info in members.values()) > max(FREE_BYTES, MAX_EXPANSION * size):
            raise PickleError("it unpacks to far more than it holds")
        pickles = [name for name in members if name == "data.pkl" or name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise PickleError("it holds no data.pkl")
        root = pickles[0].removesuffix("data.pkl")
        order = archive.read(f"{root}byteorder").strip() if f"{root}byteorder" in members else b"little"
        value = read_pickle(io.BytesIO(archive.read(pickles[0])))
        held: dict[str, bytes] = {}

        def storage(record: StorageRecord) -> bytes:
            name = f"{root}data/{record.key}"
            if name not in members:
                raise PickleError(f"the numbers '{record.key}' are missing")
            if record.key not in held:
                held[record.key] = archive.read(name)
            return held[record.key]

        return _arrays(path, value, storage, ">" if order == b"big" else "<")


def _read_legacy(path: Path) -> dict[str, Array]:
    """Five pickles (magic, version, system, value, storage keys), then each storage: int64 count and its bytes."""
    data = path.read_bytes()
    stream = io.BytesIO(data)
    if read_pickle(stream) != LEGACY_MAGIC:
        raise PickleError("it is a pickle, but not one of torch.save")
    read_pickle(stream)
    system = read_pickle(stream)
    value, keys = read_pickle(stream), read_pickle(stream)
    if not isinstance(keys, list) or not isinstance(system, dict):
        raise PickleError("it is damaged (no list of storages)")
    start = stream.tell()
    order = "<" if system.get("little_endian", True) else ">"
    records = {record.storage.key: record.storage for _, record in _tensors(value)}
    where: dict[str, tuple[int, int]] = {}
    for key in map(str, keys):
        count = int.from_bytes(data[start : start + 8], "little" if order == "<" else "big", signed=True)
        if key not in records:  # the storage of something that is no weight: its width is unknown, so what follows too
            break
        length = count * _width(records[key])
        if count < 0 or start + 8 + length > len(data):
            raise PickleError("it is cut off")
        where[key] = (start + 8, length)
        start += 8 + length

    def storage(record: StorageRecord) -> bytes:
        if record.key not in where:
            raise PickleError(f"the numbers '{record.key}' are missing")
        begin, length = where[record.key]
        return data[begin : begin + length]

    return _arrays(path, value, storage, order)


def _width(storage: StorageRecord) -> int:
    name = "uint8" if storage.kind == "UntypedStorage" else _STORAGES.get(storage.kind)
    if name is None:
        raise PickleError(f"its numbers are of the type {storage.kind.removesuffix('Storage')}")
    return _TYPES[name][1]


def _arrays(path: Path, value: object, storage: _Bytes, order: str) -> dict[str, Array]:
    """Reads what `_weights` names; the sum of all copies is bounded by the size of the file."""
    records = _weights(path, value)
    limit = max(FREE_BYTES, MAX_EXPANSION * path.stat().st_size)
    if sum(prod(record.shape) * _dtype(record)[1] for record in records.values()) > limit:
        raise PickleError("its tensors claim far more numbers than the file holds")
    return {name: _array(name, record, storage(record.storage), order) for name, record in records.items()}


def _dtype(record: TensorRecord) -> tuple[str, int]:
    name = record.dtype if record.dtype is not None else _STORAGES.get(record.storage.kind)
    if name not in _TYPES:
        raise PickleError(f"its numbers are of the type {name or record.storage.kind.removesuffix('Storage')}")
    return _TYPES[name]


def _array(name: str, record: TensorRecord, data: bytes, order: str) -> Array:
    """A copy of the view that the record describes, after checking that it lies inside the storage."""
    import numpy as np

    code, width = _dtype(record)
    if len(data) < record.storage.numel * _width(record.storage):
        raise PickleError(f"the numbers of '{name}' are cut off")
    count = prod(record.shape)
    if count == 0:
        return np.zeros(record.shape, "f4" if code == "bfloat16" else code)
    last = record.offset + sum((size - 1) * stride for size, stride in zip(record.shape, record.strides, strict=True))
    if (last + 1) * width > len(data) or count * width > len(data):
        raise PickleError(f"'{name}' reaches beyond its stored numbers")
    flat = np.frombuffer(data, order + ("u2" if code == "bfloat16" else code), count=len(data) // width)
    strides = tuple(stride * width for stride in record.strides)
    view = np.lib.stride_tricks.as_strided(flat[record.offset :], record.shape, strides, writeable=False)
    copy = np.ascontiguousarray(view).reshape(record.shape)
    return widen_bfloat16(copy) if code == "bfloat16" else copy.astype(copy.dtype.newbyteorder("="))


def _weights(path: Path, value: object) -> dict[str, TensorRecord]:
    """The state_dict in what was saved."""
    if isinstance(value, Call):
        return _module_tensors(path, value)
    if not isinstance(value, dict):
        raise PickleError("it holds no state_dict")
    if not value:
        return {}  # of a model that learns nothing; one that does says which of its weights are missing
    own = {name: entry for name, entry in value.items() if isinstance(entry, TensorRecord)}
    if own:
        for name, entry in value.items():
            if isinstance(entry, Call) and str(entry.function).startswith("torch._utils._rebuild"):
                kind = str(entry.function).rpartition("_rebuild_")[2]
                raise PickleError(f"'{name}' is a tensor of a kind that is not read here ({kind})")
        return {str(name): entry for name, entry in own.items()}
    inside = {str(name): entry for name, entry in value.items() if _holds_tensors(entry)}
    known = [name for name in WRAPPERS if name in inside]
    if not known and len(inside) == 1:
        known = list(inside)
    if not known:
        why = f"holds several sets of weights ({', '.join(sorted(inside))[:120]})" if inside else "holds no tensors"
        raise refuse_file("weights-content", path, why, "save only model.state_dict()")
    return _weights(path, inside[known[0]])


def _holds_tensors(entry: object) -> bool:
    if isinstance(entry, Call):
        return isinstance(entry.state, dict) and "_parameters" in entry.state
    return isinstance(entry, dict) and any(isinstance(member, TensorRecord) for member in entry.values())


def _module_tensors(path: Path, root: Call) -> dict[str, TensorRecord]:
    """Tensors of a pickled module by the names of its state_dict: parameters, persistent buffers, then children."""
    found: dict[str, TensorRecord] = {}
    visits = 0
    stack: list[tuple[str, Call]] = [("", root)]
    while stack:
        prefix, module = stack.pop()
        visits += 1
        if visits > MAX_TENSORS or len(found) > MAX_TENSORS:
            raise PickleError("it nests modules without end")
        state = module.state if isinstance(module.state, dict) else {}
        if "_parameters" not in state and module is root:
            why = f"holds an object of {str(module.function)[:80]}, not a module or a state_dict"
            raise refuse_file("weights-content", path, why, "save only model.state_dict()")
        left_out = state.get("_non_persistent_buffers_set")
        left_out = left_out if isinstance(left_out, list) else []
        for table in ("_parameters", "_buffers"):
            for name, entry in _entries(state.get(table)):
                if isinstance(entry, TensorRecord) and not (table == "_buffers" and name in left_out):
                    found[f"{prefix}{name}"] = entry
        children = [(f"{prefix}{name}.", child) for name, child in _entries(state.get("_modules"))]
        stack.extend((name, child) for name, child in reversed(children) if isinstance(child, Call))
    return found


def _entries(table: object) -> Iterator[tuple[str, object]]:
    if isinstance(table, dict):
        yield from ((str(name), entry) for name, entry in table.items())


def _tensors(value: object) -> Iterator[tuple[int, TensorRecord]]:
    """Every tensor reachable in a value, each object once."""
    seen: set[int] = set()
    stack: list[object] = [value]
    while stack:
        item = stack.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, TensorRecord):
            yield id(item), item
        elif isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list | tuple):
            stack.extend(item)
        elif isinstance(item, Call):
            stack.extend((item.state, item.arguments, item.items))
