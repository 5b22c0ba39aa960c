"""Programs of an installed package: found by name, read as text, never imported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pivot.reading import installed


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with two files of models; importing it fails."""
    folder = tmp_path / "shelf" / "src" / "models"
    folder.mkdir(parents=True)
    (tmp_path / "shelf" / "__init__.py").write_text("raise ImportError('not to be imported')\n")
    (folder / "small.py").write_text(
        "class Thin:\n    pass\n\n\ndef Small(classes=10):\n    pass\n\n\ndef preprocess(x):\n    pass\n"
    )
    (folder / "tall.py").write_text("def preprocess(x):\n    pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(installed, "FOLDERS", {"shelf.models.": ("shelf", "src/models")})
    installed.find_on.cache_clear()
    return folder


def test_functions_are_found_by_their_name_or_through_their_module(shelf: Path) -> None:
    assert installed.find("shelf.models.Small") == shelf / "small.py"
    assert installed.find("shelf.models.Thin") == shelf / "small.py"
    assert installed.find("shelf.models.tall.preprocess") == shelf / "tall.py"
    assert "shelf" not in sys.modules


def test_other_names_are_none_of_them(shelf: Path) -> None:
    assert installed.find("shelf.models.Wide") is None
    assert installed.find("shelf.layers.Small") is None
    assert installed.find("shelf.models.tall.Small") is None


@pytest.fixture
def shelves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two packages on a shelf that the environment names, one of them unpacked; only one is built on a framework."""
    for name, needs in (("slim", "torch>=2.0"), ("plots", "numpy")):
        folder = tmp_path / f"{name}-1.0" / name / "parts"
        folder.mkdir(parents=True)
        (folder.parent / "__init__.py").write_text("from .parts import Gate\n")
        (folder / "__init__.py").write_text("from .gate import *\nfrom .two import Two\n")
        (folder / "gate.py").write_text("class Gate:\n    pass\n\n\nDoor = Gate  # the older name\n")
        (folder / "two.py").write_text("from .gate import Gate\n\n\nclass Two:\n    pass\n\n\nclass Three:\n    pass\n")
        record = tmp_path / f"{name}-1.0" / f"{name}-1.0.dist-info" / "METADATA"
        record.parent.mkdir()
        record.write_text(f"Name: {name}\nRequires-Dist: {needs}\n")
    monkeypatch.setenv("PIVOT_STUDIO_PACKAGES", str(tmp_path))
    return tmp_path / "slim-1.0" / "slim" / "parts"


def test_packages_built_on_a_framework_are_found_where_the_environment_says(shelves: Path) -> None:
    assert installed.find("slim.parts.gate.Gate") == shelves / "gate.py"
    assert installed.find("slim.parts.Door") == shelves / "gate.py"  # handed on with everything else
    assert installed.find("slim.parts.Three") is None  # not handed on
    assert installed.find("slim.parts.two.Three") == shelves / "two.py"
    assert installed.find("slim.parts.two.Gate") == shelves / "two.py"  # which imports it
    assert installed.find("plots.parts.Gate") is None
    assert installed.holds(str(shelves / "two.py")) and not installed.holds(str(shelves.parents[2] / "own.py"))
    assert installed.import_folders([str(shelves / "two.py")]) == [str(shelves.parents[1])]


def test_a_package_of_another_time_hands_on_nothing(shelves: Path) -> None:
    (shelves / "__init__.py").write_text("print 'an old one'\n")
    assert installed.find("slim.parts.Two") is None
