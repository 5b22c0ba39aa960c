"""Some hundred steps of the monkey, and undo over a thousand edits."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pivot import edits
from pivot.project import dumps
from studio.document import Document
from studio.window import Window
from tests.studio.fixtures.sources import SMALL, UNMAPPED
from tests.studio.journeys.monkey import Broken, Monkey

LIMIT = 50e6


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    made = [tmp_path / "small.py", tmp_path / "unmapped.py"]
    for path, text in zip(made, (SMALL, UNMAPPED), strict=True):
        path.write_text(text)
    return made


@pytest.mark.slow
def test_nothing_breaks_in_three_hundred_steps(window: Window, sources: list[Path], tmp_path: Path) -> None:
    monkey = Monkey(window, sources, tmp_path, seed=7)
    monkey.run(300)
    assert len(monkey.counts) > 15
    window.filing.ask_unsaved = lambda parent, name: "discard"


def test_the_monkey_sees_what_is_broken(window: Window, sources: list[Path], tmp_path: Path) -> None:
    monkey = Monkey(window, sources, tmp_path, seed=1)
    window.bound.by_id["edit.undo"].setEnabled(True)
    with pytest.raises(Broken, match="is wrongly offered"):
        monkey.check()
    window.bound.refresh()
    monkey.actions = [(1, lambda: {}["none"])]
    monkey.actions[0][1].__name__ = "act"
    with pytest.raises(Broken, match="KeyError"):
        monkey.run(1)


def test_undo_of_a_thousand_edits_leads_to_the_same_bytes(document: Document, root: Path) -> None:
    dice = random.Random(3)
    path = root / "resources" / "examples" / "resnet18.py"
    document.open(path)
    start, name, kept = dumps(document.project), str(path), []
    for number in range(1_000):
        project, text = document.project, document.text(name)
        what = dice.randrange(4)
        if what == 0:
            at = dice.randrange(len(text))
            made = edits.set_text(project, name, f"{text[:at]}# {number}\n{text[at:]}")
        elif what == 1:
            made = edits.set_inputs(project, [f"{number + 1}x3x{dice.randrange(8, 64)}x32"])
        elif what == 2:
            made = edits.set_model(project, f"resnet18(num_classes={number})")
        else:
            made = edits.set_bindings(project, [f"a{number}={dice.randrange(9)}"])
        document.edit(f"edit {number}", made)
        kept.append(dumps(document.project))
    history = document._history
    assert sum(step.cost for step in history.done) < LIMIT
    for number in range(999, 0, -1):
        document.undo()
        assert dumps(document.project) == kept[number - 1]
    document.undo()
    assert dumps(document.project) == start
    assert document.undo_label is None
    while document.redo_label is not None:
        document.redo()
    assert dumps(document.project) == kept[-1]
