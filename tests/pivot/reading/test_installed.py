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
    installed.find.cache_clear()
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
