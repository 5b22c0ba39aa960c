"""No file grows until nobody reads it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

LIMIT = 500
FOLDERS = ("pivot", "codegen", "studio", "resources", "installer", "benchmarks", "tests")


def modules(folder: Path) -> Iterator[Path]:
    """Python files below a folder, without the environments that hidden folders may hold."""
    for place, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if name.endswith(".py"))


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_python_file_is_longer_than_the_limit(root: Path, folder: str) -> None:
    long = {str(path.relative_to(root)): lines(path) for path in modules(root / folder) if lines(path) > LIMIT}
    assert not long, f"split by subject: {long}"


@pytest.mark.parametrize("package", ["pivot", "codegen", "studio"])
def test_every_package_folder_says_what_it_is_for(root: Path, package: str) -> None:
    """A folder that holds modules has an `__init__.py`; below studio that is a docstring (studio's own stays empty)."""
    for folder in sorted({path.parent for path in (root / package).rglob("*.py")}):
        if "restated" in folder.parts:  # texts that are read, no modules
            continue
        init = folder / "__init__.py"
        assert init.exists(), f"{folder.relative_to(root)} has no __init__.py"
        if package != "studio":
            assert init.read_text(encoding="utf-8").startswith('"""'), f"{init.relative_to(root)} has no docstring"


def test_no_module_collects_leftovers(root: Path) -> None:
    names = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py"}
    found = [path for package in ("pivot", "codegen", "studio") for path in (root / package).rglob("*.py")]
    assert not [str(path.relative_to(root)) for path in found if path.name in names]
