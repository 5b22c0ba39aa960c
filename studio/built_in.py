"""Layers of a library that the application spells out itself: their texts are read, and are nobody's to edit. No Qt."""

from __future__ import annotations

from pathlib import Path

import pivot
from pivot.problems import refuse

_ROOT = Path(pivot.__file__).resolve().parent / "restated"


def is_built_in(path: str) -> bool:
    """Whether a file belongs to the application and not to the program that is open."""
    return Path(path).is_relative_to(_ROOT)


def check_own(path: str, line: int = 0) -> None:
    """Raises Refusal for a place that an edit of the program cannot reach."""
    if is_built_in(path):
        why = f"{Path(path).stem} is spelled out by Pivot Studio and not by the program"
        raise refuse("edit-built-in", path, line, 0, why, "edit the call that makes it, or map that call by hand")
