"""The journeys, on an example of our own and with the real command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studio.journeys.all import CHAPTERS, Chapter


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_person_comes_to_the_end(chapter: Chapter, qapp: object, tmp_path: Path, root: Path) -> None:
    shots = tmp_path / "shots"
    shots.mkdir()
    steps = chapter.run(shots, tmp_path, root / "resources" / "examples" / "resnet18.py")
    assert sorted(path.name for path in shots.glob("*.png")) == [file for file, _ in steps]
    assert steps
