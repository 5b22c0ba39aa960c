"""`.weights.h5` and `.keras` files: h5 dataset path -> array, in the layout that Keras 3's load_weights reads.

HDF5 can point at other files of the machine (external links and storage, virtual datasets) and can declare sizes far
beyond what it stores. A file that does either is refused before a single value is read.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, BinaryIO

from codegen.weights.arrays import FREE_BYTES, MAX_EXPANSION, MAX_TENSORS, Array, refuse_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import h5py

KERAS_MEMBER = "model.weights.h5"
_HARMLESS_FILTERS = {1: "gzip", 2: "shuffle", 3: "fletcher32", 32000: "lzf"}


def write_weights_h5(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write {"conv1/vars/0": array}; the file appears at `path` only when it is complete.

    Raises Refusal when a path is not of the form `[group/...]vars/<number>` or the disk does not take it.
    """
    import h5py
    import numpy as np

    for name in arrays:
        group, _, number = name.rpartition("/")
        if not number.isdecimal() or group.rpartition("/")[2] != "vars":
            raise refuse_file("weights-path", path, f"{name} is not a Keras weight path", "report this as a defect")
    part = path.with_name(path.name + ".part")
    try:
        with h5py.File(part, "w") as file:
            for name, array in arrays.items():
                file.create_dataset(name, data=np.ascontiguousarray(array).reshape(array.shape))
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise refuse_file("weights-write", path, f"cannot be written ({error})", "choose another folder") from error


def read_weights_h5(path: Path) -> dict[str, Array]:
    """Every dataset of an `.h5` file by its path, bfloat16 widened to float32. Raises Refusal."""
    with path.open("rb") as stream:
        return read_h5_stream(path, stream, path.stat().st_size)


def read_keras_archive(path: Path) -> dict[str, Array]:
    """The datasets of `model.weights.h5` inside a `.keras` file; its config.json is never looked at. Raises Refusal."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            member = archive.getinfo(KERAS_MEMBER)
            if member.file_size > max(FREE_BYTES, MAX_EXPANSION * path.stat().st_size):
                raise refuse_file("weights-bomb", path, "it unpacks to far more than it holds", "get the file again")
            data = archive.read(member)
    except KeyError as error:
        raise refuse_file("weights-format", path, f"it holds no {KERAS_MEMBER}", "save the model again") from error
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise refuse_file("weights-damaged", path, f"is damaged ({error})", "get the file again") from error
    return read_h5_stream(path, io.BytesIO(data), len(data))


def read_h5_stream(path: Path, stream: BinaryIO, stored: int) -> dict[str, Array]:
    """The datasets of an open HDF5 stream of `stored` bytes; `path` only names it in refusals."""
    import h5py

    try:
        with h5py.File(stream, "r") as file:
            found = _datasets(path, file)
            total = sum(_declared(dataset) for dataset in found.values())
            if total > max(FREE_BYTES, MAX_EXPANSION * stored):
                why = f"it declares {total:,} bytes of numbers but stores {stored:,}"
                raise refuse_file("weights-bomb", path, why, "get the file again from a source you trust")
            return {name: _values(path, name, dataset) for name, dataset in found.items()}
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise refuse_file("weights-damaged", path, f"is not a readable HDF5 file ({error})", "get it again") from error


def _datasets(path: Path, file: h5py.File) -> dict[str, h5py.Dataset]:
    """All datasets by path, in file order; hard links only, every object once per path without cycles."""
    import h5py

    found: dict[str, h5py.Dataset] = {}
    seen_groups: set[int] = set()
    stack: list[tuple[str, h5py.Group]] = [("", file)]
    while stack:
        prefix, group = stack.pop()
        address = int(h5py.h5o.get_info(group.id).addr)
        if address in seen_groups:
            continue
        seen_groups.add(address)
        children: list[tuple[str, h5py.Group]] = []
        for name in group:
            where = f"{prefix}/{name}" if prefix else name
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                why = f"'{where}' is a link to another place or file"
                raise refuse_file("weights-link", path, why, "save the weights again with Keras")
            child = group[name]
            if isinstance(child, h5py.Group):
                children.append((where, child))
            elif isinstance(child, h5py.Dataset):
                found[where] = _checked(path, where, child)
            if len(found) + len(seen_groups) + len(stack) > MAX_TENSORS:
                raise refuse_file("weights-bomb", path, "it holds too many objects", "get the file again")
        stack.extend(reversed(children))
    return found


def _checked(path: Path, where: str, dataset: h5py.Dataset) -> h5py.Dataset:
    """The dataset itself, after the checks that need no reading."""
    if dataset.external or dataset.is_virtual:
        why = f"'{where}' takes its numbers from another file"
        raise refuse_file("weights-external", path, why, "save the weights again with Keras")
    properties = dataset.id.get_create_plist()
    for number in range(properties.get_nfilters()):
        code = properties.get_filter(number)[0]
        if code not in _HARMLESS_FILTERS:
            why = f"'{where}' is packed with an unknown filter ({code})"
            raise refuse_file("weights-filter", path, why, "save it with gzip or without compression")
    if dataset.dtype.kind not in "fiubc" and not _is_bfloat16(dataset):
        why = f"'{where}' does not hold numbers ({dataset.dtype})"
        raise refuse_file("weights-dtype", path, why, "save only the weights")
    return dataset


def _declared(dataset: h5py.Dataset) -> int:
    total = int(dataset.dtype.itemsize)
    for size in dataset.shape or ():
        total *= int(size)
    return total


def _is_bfloat16(dataset: h5py.Dataset) -> bool:
    return bool(dataset.attrs.get("dtype") == "bfloat16" and dataset.dtype.itemsize == 2 and dataset.dtype.kind == "V")


def _values(path: Path, where: str, dataset: h5py.Dataset) -> Array:
    import numpy as np

    from codegen.weights.arrays import widen_bfloat16

    if dataset.shape is None:
        raise refuse_file("weights-dtype", path, f"'{where}' is empty", "save the weights again")
    if not _is_bfloat16(dataset):
        return np.asarray(dataset[()])
    raw = np.asarray(dataset[()])
    return widen_bfloat16(np.frombuffer(raw.tobytes(), dtype="<u2").reshape(dataset.shape))
