"""Tests stand where the code stands."""

from __future__ import annotations

from pathlib import Path

import pytest


def subject(root: Path, test: Path) -> Path:
    """The module or package a test file is about: tests/pivot/reading/test_source.py -> pivot/reading/source."""
    place = test.relative_to(root / "tests")
    return root / place.parent / place.stem.removeprefix("test_")


@pytest.mark.parametrize("package", ["pivot", "codegen", "studio"])
def test_every_test_file_names_a_module_or_a_package(root: Path, package: str) -> None:
    astray = []
    for test in sorted((root / "tests" / package).rglob("test_*.py")):
        if "journeys" in test.parts:
            continue  # work at the whole application, as a person does
        about = subject(root, test)
        if not (about.with_suffix(".py").exists() or about.is_dir()):
            astray.append(f"{test.relative_to(root)} is about no {about.relative_to(root)}.py and no such folder")
    assert not astray, "\n".join(astray)
