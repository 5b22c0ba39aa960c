"""Models that come with a framework as programs, `keras.applications`: read as text where it is installed.

The package is found by its folder and is not imported.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

FOLDERS = {"keras.applications.": ("keras", "src/applications"), "torchvision.models.": ("torchvision", "models")}
"""Names that begin so are defined in files of that folder of that package."""


@cache
def package(name: str) -> Path | None:
    """The folder of an installed package."""
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return None
    return Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None


@cache
def find(name: str) -> Path | None:
    """The file that defines such a function or class: `applications.ResNet50`, `applications.resnet.ResNet50`."""
    for prefix, (root, inner) in FOLDERS.items():
        folder = package(root) if name.startswith(prefix) else None
        *modules, last = name.removeprefix(prefix).split(".")
        if folder is None or len(modules) > 1:
            continue
        for path in sorted((folder / inner).glob(f"{modules[0] if modules else '*'}.py")):
            if re.search(rf"^(?:def|class) {re.escape(last)}\b", path.read_text(encoding="utf-8"), re.MULTILINE):
                return path
    return None


def holds(file: str) -> bool:
    """Does a file come with such a package?"""
    folders = [package(root) for root, _ in FOLDERS.values()]
    return any(folder is not None and folder in Path(file).parents for folder in folders)
