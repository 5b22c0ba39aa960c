"""What frameworks are called, which of them can be written, and which of those a file is written in. No Qt here."""

from __future__ import annotations

from pathlib import Path

from studio.texts import Texts

WRITTEN = ("keras", "torch")
OTHER = "other"
_TITLES = {"keras": "Keras 3", "torch": "PyTorch", "flax": "Flax NNX", "tensorflow": "TensorFlow"}


def framework_title(name: str) -> str:
    """`torch` -> "PyTorch"; the name itself where it is not known."""
    return _TITLES.get(name, name)


def target_for(path: Path, wanted: str) -> str:
    """The framework to write a source in: as wanted, or for `OTHER` the one that it does not import.

    Raises Refusal where the file cannot be read.
    """
    if wanted != OTHER:
        return wanted
    from codegen.dialects import framework_of  # no file is opened yet when the window is

    return "torch" if framework_of(Texts().read(str(path)), "keras") == "keras" else "keras"
