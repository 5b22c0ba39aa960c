"""Any checkpoint by its content: torch, safetensors, Keras. Nothing in it is ever executed."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from codegen.weights.arrays import Array, refuse_file
from codegen.weights.keras_file import KERAS_MEMBER, read_keras_archive, read_weights_h5
from codegen.weights.safetensors_file import read_safetensors
from codegen.weights.torch_file import read_torch

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

_HDF5 = b"\x89HDF\r\n\x1a\n"
_LFS = b"version https://git-lfs"
_WRAPPING = ("module.", "_orig_mod.", "model.", "net.", "network.", "backbone.")
"""What DataParallel, torch.compile and training classes put before every name."""


def read_checkpoint(path: Path) -> dict[str, Array]:
    """The tensors of a checkpoint: state_dict names, or h5 dataset paths ("conv1/vars/0") for Keras files.

    The content decides, not the suffix. Raises Refusal: missing, a folder, empty, damaged, hostile, no weights.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
    except OSError as error:
        why = f"cannot be read ({error.strerror or error})"
        raise refuse_file("weights-missing", path, why, "check the path of the checkpoint") from error
    if not head:
        raise refuse_file("weights-empty", path, "is empty", "get the file again")
    if head.startswith(_LFS):
        why = "is only a pointer to a file in Git LFS"
        raise refuse_file("weights-pointer", path, why, "run `git lfs pull` in its repository")
    if head.startswith(_HDF5):
        return read_weights_h5(path)
    if head.startswith(b"PK"):
        return _read_zip(path)
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 2**40:
        return read_safetensors(path)
    if head.startswith(b"\x80"):
        return read_torch(path)
    why = "is not a checkpoint that is known here"
    raise refuse_file("weights-format", path, why, "give a .pt, .pth, .safetensors, .weights.h5 or .keras file")


def match_names(arrays: Mapping[str, Array], expected: Collection[str]) -> dict[str, Array]:
    """The same tensors without a prefix that every name has and no expected one needs ("module.conv1.weight").

    Unchanged when the names fit already or no prefix makes more of them fit.
    """
    best, fit = dict(arrays), sum(name in expected for name in arrays)
    prefixes = {prefix for prefix in _WRAPPING if all(name.startswith(prefix) for name in arrays)}
    for prefix in sorted(prefixes):
        shorter = {name.removeprefix(prefix): array for name, array in arrays.items()}
        count = sum(name in expected for name in shorter)
        if count > fit:
            best, fit = shorter, count
    return best


def _read_zip(path: Path) -> dict[str, Array]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise refuse_file("weights-damaged", path, f"is damaged ({error})", "get the file again") from error
    if KERAS_MEMBER in names:
        return read_keras_archive(path)
    if any(name == "data.pkl" or name.endswith("/data.pkl") for name in names):
        return read_torch(path)
    why = "is an archive that holds no weights"
    raise refuse_file("weights-format", path, why, "give a .pt, .pth, .safetensors, .weights.h5 or .keras file")
