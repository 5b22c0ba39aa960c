"""The journeys in the order of the tour."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.studio.journeys import drawing, killed, mapping, resnet, tabs
from tests.studio.journeys.person import Person

Steps = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One journey. `run(shots, folder, resnet)` gives the pictures with their texts; raises Lost."""

    name: str
    title: str
    text: str
    run: Callable[[Path | None, Path, Path], Steps]


def _resnet(shots: Path | None, folder: Path, source: Path) -> Steps:
    person = Person(shots, "resnet")
    try:
        resnet.travel(person, source)
    finally:
        person.leave()
    return person.steps


def _mapping(shots: Path | None, folder: Path, source: Path) -> Steps:
    example = Path(__file__).parents[3] / "resources" / "examples" / "spectral_mixer.py"
    mine = folder / "spectral_mixer.py"
    mine.write_text(example.read_text(encoding="utf-8"), encoding="utf-8")
    before, os.environ["PIVOT_STUDIO_OPS"] = os.environ.get("PIVOT_STUDIO_OPS"), str(folder / "my_ops")
    person = Person(shots, "mapping")
    try:
        # The numbers need both frameworks: they are run where pictures are taken for the tour.
        mapping.travel(person, mine, folder / "exported", "PIVOT_TOUR" in os.environ)
    finally:
        person.leave()
        if before is None:
            del os.environ["PIVOT_STUDIO_OPS"]
        else:
            os.environ["PIVOT_STUDIO_OPS"] = before
    return person.steps


def _killed(shots: Path | None, folder: Path, source: Path) -> Steps:
    example = Path(__file__).parents[3] / "resources" / "examples" / "resnet18.py"
    mine = folder / "resnet18.py"
    mine.write_text(example.read_text(encoding="utf-8"), encoding="utf-8")
    person = killed.travel(Person, shots, mine)
    person.leave()
    return person.steps


def _drawing(shots: Path | None, folder: Path, source: Path) -> Steps:
    person = Person(shots, "drawing")
    try:
        drawing.travel(person, folder)
    finally:
        person.leave()
    return person.steps


def _tabs(shots: Path | None, folder: Path, source: Path) -> Steps:
    examples = Path(__file__).parents[3] / "resources" / "examples"
    person = Person(shots, "tabs")
    try:
        tabs.travel(person, examples / "resnet18.py", examples / "alexnet.py")
    finally:
        person.leave()
    return person.steps


CHAPTERS = (
    Chapter("resnet", "Open a network, change it, take it back", "The source is torchvision's `resnet.py`.", _resnet),
    Chapter("mapping", "Map a call that nothing reads", "The source is the example `spectral_mixer.py`.", _mapping),
    Chapter(
        "tabs", "Two networks at once", "Both are examples; what is copied in one is pasted into the other.", _tabs
    ),
    Chapter("killed", "After a crash", "The process is ended with `kill -9` in the middle of work.", _killed),
    Chapter("drawing", "A network from nothing", "No file is opened: the network is drawn.", _drawing),
)
