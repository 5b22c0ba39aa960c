"""Packages that a program imports and that are built on a framework: read as text where they lie, never imported.

`torchvision.models` and `keras.applications` are programs that come with a framework; `timm` and others are built on
one. They are looked for in the folders that PIVOT_STUDIO_PACKAGES names (separated as in PATH), in the virtual
environment that is active, and beside Pivot Studio itself.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pivot.problems import Refusal
from pivot.reading.source import load
from pivot.reading.syntax import parse

VARIABLE = "PIVOT_STUDIO_PACKAGES"
FOLDERS = {"keras.applications.": ("keras", "src/applications"), "torchvision.models.": ("torchvision", "models")}
"""Names that begin so are defined in files of that folder of that package."""

FRAMEWORKS = frozenset({"torch", "keras", "tensorflow", "tf_keras", "keras_core", "jax", "flax"})
"""What they define is read by op files, not as text."""

UNPACKED = re.compile(r"[\w.-]+-\d[\w.+-]*")
NEEDS_FRAMEWORK = re.compile(r"^Requires-Dist: (torch|keras|tensorflow)\b(?!.*extra)", re.MULTILINE)


def shelves() -> tuple[Path, ...]:
    """Folders in which packages lie, those that are named first."""
    named = [Path(part) for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    active = os.environ.get("VIRTUAL_ENV")
    return (*named, *(environment(Path(active)) if active else ()))


@cache
def environment(folder: Path) -> tuple[Path, ...]:
    """The folders of a virtual environment that hold packages."""
    return tuple(sorted([*folder.glob("lib/python3*/site-packages"), *folder.glob("Lib/site-packages")]))


def package(name: str) -> Path | None:
    """The folder of a package: on a shelf, or installed beside Pivot Studio."""
    return on_shelf(name, shelves()) or beside(name)


@cache
def on_shelf(name: str, folders: tuple[Path, ...]) -> Path | None:
    """The folder of a package in one of `folders`, or unpacked there: `name` or `name-1.0/name`."""
    for folder in folders:
        for candidate in (folder / name, *(path / name for path in unpacked(folder))):
            if (candidate / "__init__.py").is_file():
                return candidate
    return None


@cache
def unpacked(folder: Path) -> tuple[Path, ...]:
    """Folders that are named as an archive of a package is: `timm-1.0`, the last version first."""
    found = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted((path for path in found if UNPACKED.fullmatch(path.name) and path.is_dir()), reverse=True))


@cache
def unpacked_beside(root: Path, name: str) -> Path | None:
    """Where packages lie unpacked beside each other (`a-1.0/a`, `b-2.1/b`): the folder that holds another one.

    Only packages that are built on a framework are read: others compute nothing that a network is made of.
    """
    found = [path for path in unpacked(root.parent) if (path / name / "__init__.py").is_file()]
    return next((p for p in found if needs_framework(p / name)), None) if UNPACKED.fullmatch(root.name) else None


@cache
def beside(name: str) -> Path | None:
    """The folder of an installed package."""
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return None
    return Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None


@cache
def needs_framework(folder: Path) -> bool:
    """Is a package built on a framework? Others compute nothing that a network is made of."""
    name = re.compile(folder.name.replace("_", "[-_.]") + r"-\d[^-]*\.dist-info", re.IGNORECASE)
    records = [path / "METADATA" for path in folder.parent.glob("*.dist-info") if name.fullmatch(path.name)]
    records.append(folder.parent / "PKG-INFO")
    return any(NEEDS_FRAMEWORK.search(load(path).text) for path in records if path.is_file())


def find(name: str) -> Path | None:
    """The file that defines such a function or class: `applications.ResNet50`, `applications.resnet.ResNet50`,
    `timm.layers.DropPath`.
    """
    return find_on(name, shelves())


@cache
def find_on(name: str, _folders: tuple[Path, ...]) -> Path | None:
    """The same; what is found depends on the folders. None for a package itself: `from tensorflow import keras`."""
    if "." not in name:
        return None
    root, *modules, last = name.split(".")
    for prefix, (holder, inner) in FOLDERS.items():
        if name.startswith(prefix):
            folder = package(holder)
            *modules, last = name.removeprefix(prefix).split(".")
            if folder is None or len(modules) > 1:
                return None
            return next(defining(last, sorted((folder / inner).glob(f"{modules[0] if modules else '*'}.py"))), None)
    folder = package(root) if root not in FRAMEWORKS and last.isidentifier() else None
    if folder is None or not needs_framework(folder):
        return None
    place = folder.joinpath(*modules)
    path = place / "__init__.py" if place.is_dir() else place.with_name(place.name + ".py")
    if not path.is_file() or any(defining(last, [path])) or imports(path, last):
        return path if path.is_file() else None
    found = list(defining(last, sorted(place.glob("*.py")))) if place.is_dir() else []
    return found[0] if len(found) == 1 and imports(path, "*", found[0].stem) else None


def defining(name: str, paths: list[Path]) -> Iterator[Path]:
    """Those of some files that define a function or class, or another name for one."""
    pattern = re.compile(rf"^(?:(?:def|class) {re.escape(name)}\b|{re.escape(name)} *= *\w+ *(?:#|$))", re.MULTILINE)
    return (path for path in paths if pattern.search(load(path).text))


def imports(path: Path, name: str, module: str = "") -> bool:
    """Does a file import a name from a module, or from any? One that is no Python of today imports nothing."""
    try:
        tree = parse(load(path).text, str(path))
    except Refusal:
        return False
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    inside = [node for node in nodes if not module or (node.module or "").split(".")[-1] == module]
    return any((alias.asname or alias.name) == name for node in inside for alias in node.names)


def holds(file: str) -> bool:
    """Does a file belong to such a package?"""
    return held_by(file, shelves())


@cache
def held_by(file: str, _folders: tuple[Path, ...]) -> bool:
    """The same; the answer depends on the folders."""
    above = Path(file).parents
    if any(folder in above for folder in (package(root) for root, _ in FOLDERS.values()) if folder is not None):
        return True
    outermost = next((f for f in reversed(above) if (f / "__init__.py").is_file()), None)
    if outermost is None or outermost.name in FRAMEWORKS or package(outermost.name) != outermost:
        return False
    return needs_framework(outermost)


def import_folders(files: Iterable[str]) -> list[str]:
    """Where such packages are imported from: not where frameworks lie, for those that run are Pivot Studio's own."""
    outer = [Path(file).parents for file in files if holds(file)]
    roots = {next(f for f in reversed(above) if (f / "__init__.py").is_file()).parent for above in outer}
    return sorted(str(root) for root in roots if not any((root / name).exists() for name in FRAMEWORKS))


def forget() -> None:
    """Look on the disk anew."""
    for found in (environment, on_shelf, unpacked, unpacked_beside, beside, needs_framework, find_on, held_by):
        found.cache_clear()
