"""What frameworks are called, and which of them can be written. No Qt here."""

from __future__ import annotations

WRITTEN = ("keras", "torch")
_TITLES = {"keras": "Keras 3", "torch": "PyTorch", "flax": "Flax NNX", "tensorflow": "TensorFlow"}


def framework_title(name: str) -> str:
    """`torch` -> "PyTorch"; the name itself where it is not known."""
    return _TITLES.get(name, name)
