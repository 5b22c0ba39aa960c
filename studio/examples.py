"""The example models that come with the application: where they are, and what is said of them. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from studio.resources import resource

_KERAS = "tensorflow"  # their folder


def example_files() -> tuple[Path, ...]:
    """Those in PyTorch first, then those in Keras."""
    place = resource("examples")
    return (*sorted(place.glob("*.py")), *sorted((place / _KERAS).glob("*.py")))


def example_title(path: Path) -> str:
    """`cifar_cnn.py` -> "cifar cnn"."""
    return path.stem.replace("_", " ")


def by_framework(paths: Sequence[Path]) -> Mapping[str, tuple[Path, ...]]:
    """The examples of each framework; one without examples is left out."""
    keras = tuple(path for path in paths if path.parent.name == _KERAS)
    torch = tuple(path for path in paths if path not in keras)
    return {name: found for name, found in (("PyTorch", torch), ("Keras", keras)) if found}


def about(path: Path) -> str:
    """What an example says of itself: its docstring."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return ""
    return text.split('"""')[1].strip() if text.startswith('"""') else ""
