"""`.safetensors` files: an 8-byte header length, a JSON header, the numbers. Read and written here, with all checks."""

from __future__ import annotations

import json
import os
from math import prod
from typing import TYPE_CHECKING

from codegen.weights.arrays import MAX_TENSORS, Array, refuse_file, widen_bfloat16

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_HEADER = 100_000_000
_TYPES = {
    "F64": ("<f8", 8), "F32": ("<f4", 4), "F16": ("<f2", 2), "BF16": ("<u2", 2), "I64": ("<i8", 8), "I32": ("<i4", 4),
    "I16": ("<i2", 2), "I8": ("i1", 1), "U8": ("u1", 1), "U16": ("<u2", 2), "U32": ("<u4", 4), "U64": ("<u8", 8),
    "BOOL": ("?", 1), "C64": ("<c8", 8),
}  # fmt: skip
_NAMES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8",
    "uint8": "U8", "uint16": "U16", "uint32": "U32", "uint64": "U64", "bool": "BOOL", "complex64": "C64",
}  # fmt: skip


def read_safetensors(path: Path) -> dict[str, Array]:
    """Every tensor by name, bfloat16 widened to float32. Raises Refusal."""
    import numpy as np

    try:
        data = path.read_bytes()
        found: dict[str, Array] = {}
        for name, kind, shape, begin, end in _entries(data):
            code, width = _TYPES[kind]
            flat = np.frombuffer(data, code, count=(end - begin) // width, offset=begin).reshape(shape)
            found[name] = widen_bfloat16(flat) if kind == "BF16" else flat.astype(flat.dtype.newbyteorder("="))
    except (ValueError, KeyError, TypeError, OSError, RecursionError) as error:
        why = f"is not a readable safetensors file ({error})"
        raise refuse_file("weights-damaged", path, why, "get the file again") from error
    return found


def write_safetensors(path: Path, arrays: Mapping[str, Array], metadata: Mapping[str, str] | None = None) -> None:
    """The file appears at `path` only when it is complete. Raises Refusal for a dtype or disk that cannot take it."""
    import numpy as np

    header: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    place, chunks = 0, []
    # wide types first, as the format's own library does: every tensor is aligned
    for name in sorted(arrays, key=lambda name: (-arrays[name].dtype.itemsize, name)):
        array = arrays[name]
        if array.dtype.name not in _NAMES:
            raise refuse_file("weights-dtype", path, f"'{name}' has the type {array.dtype}", "use .weights.h5")
        chunk = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
        offsets = [place, place + len(chunk)]
        header[name] = {"dtype": _NAMES[array.dtype.name], "shape": list(array.shape), "data_offsets": offsets}
        chunks.append(chunk)
        place += len(chunk)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(len(text).to_bytes(8, "little") + text)
            for chunk in chunks:
                file.write(chunk)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise refuse_file("weights-write", path, f"cannot be written ({error})", "choose another folder") from error


def _entries(data: bytes) -> list[tuple[str, str, tuple[int, ...], int, int]]:
    """(name, type, shape, begin, end) with positions in `data`; the tensors cover it without overlap or hole."""
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > min(MAX_HEADER, len(data) - 8):
        raise ValueError("its header is longer than the file")
    header = json.loads(data[8 : 8 + length].decode(), object_pairs_hook=_unique)
    if not isinstance(header, dict) or len(header) > MAX_TENSORS:
        raise ValueError("its header is not a table of tensors")
    entries = []
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        kind, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
        if kind not in _TYPES:
            raise ValueError(f"'{name}' has the type {str(kind)[:20]}, which is not read here")
        if not all(type(size) is int and size >= 0 for size in (*shape, begin, end)):
            raise ValueError(f"'{name}' has a negative or fractional size")
        if end - begin != prod(shape) * _TYPES[kind][1]:
            raise ValueError(f"'{name}' has another number of bytes than its shape says")
        entries.append((name, kind, shape, 8 + length + begin, 8 + length + end))
    place = 8 + length
    for name, _, _, begin, end in sorted(entries, key=lambda entry: entry[3:]):
        if begin != place:
            raise ValueError(f"'{name}' overlaps another tensor or leaves a hole")
        place = end
    if place != len(data):
        raise ValueError("it is cut off" if place > len(data) else "bytes are left over at its end")
    return entries


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name occurs twice in its header")
    return table
