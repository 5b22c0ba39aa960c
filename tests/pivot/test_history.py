"""Undo and redo over values, checked against a plain list of states."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pivot import edits, history
from pivot.history import History, Keeper, ProjectKeeper, Whole, between, project_cost
from pivot.project import Project, dumps

texts = st.text(st.sampled_from("ab\n"), max_size=4)
steps = st.lists(st.one_of(st.just("undo"), st.just("redo"), texts, st.tuples(texts, st.just("merge"))), max_size=40)


@pytest.mark.parametrize("keeper", [Whole(), ProjectKeeper()])
@given(run=steps)
def test_any_run_of_edits_undoes_and_redoes_to_identical_projects(keeper: Keeper, run: list[object]) -> None:
    """The model: a list of states and a place in it. Compared by the bytes that would be saved."""
    start = Project("m.py")
    real, model, at, joining = History(start, keeper=keeper), [start], 0, False
    for step in run:
        if step == "undo":
            real, joining = real.undo(), joining and at == 0
            at = max(0, at - 1)
        elif step == "redo":
            real, joining = real.redo(), joining and at == len(model) - 1
            at = min(len(model) - 1, at + 1)
        else:
            text, merge = step if isinstance(step, tuple) else (step, None)
            value = edits.set_text(model[at], "m.py", str(text), "")
            cost = project_cost(real.present, value)
            real = real.push("typing", value, merge=merge, cost=cost)
            if value == model[at]:
                continue
            joins = merge is not None and joining and at == len(model) - 1 and at > 0
            if joins and model[at - 1] == value:
                model, at, joining = model[:at], at - 1, False
            elif joins:
                model = [*model[:at], value]
            else:
                model, at, joining = [*model[: at + 1], value], at + 1, merge is not None
        assert dumps(real.present) == dumps(model[at])
        assert (len(real.done), len(real.undone)) == (at, len(model) - 1 - at)
    back = real
    while back.done:
        back = back.undo()
    assert dumps(back.present) == dumps(start)
    while back.undone:
        back = back.redo()
    assert dumps(back.present) == dumps(model[-1])


def test_labels_follow_the_steps() -> None:
    made = History(1).push("two", 2).push("three", 3)
    assert (made.undo_label, made.redo_label) == ("three", None)
    assert (made.undo().undo_label, made.undo().redo_label) == ("two", "three")
    assert History(1).undo() == History(1)


def test_a_sealed_gesture_takes_no_more() -> None:
    made = History(1).push("drag", 2, merge="drag").push("drag", 3, merge="drag")
    assert made.undo().present == 1
    assert made.sealed().push("drag", 4, merge="drag").undo().present == 3


def test_old_steps_are_forgotten_above_the_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_BYTES", 100)
    made = History(0)
    for number in range(1, 20):
        made = made.push(str(number), number, cost=30)
    assert len(made.done) == 3
    huge = made.push("huge", 99, cost=10_000)
    assert huge.undo().present == 19
    monkeypatch.setattr(history, "MAX_STEPS", 5)
    for number in range(100, 120):
        made = made.push(str(number), number)
    assert len(made.done) <= 5


def test_the_cost_counts_only_what_is_not_shared() -> None:
    long = "x" * 10_000
    before = Project("m.py", texts={"m.py": long, "n.py": long})
    after = edits.set_text(before, "m.py", "short")
    assert 4 * 10_000 <= project_cost(before, after) < 4 * 20_000


def test_a_thousand_edits_of_a_long_text_stay_small() -> None:
    """Of each state only what its neighbour has not is kept; undone to the start, the bytes are the same."""
    lines = [f"    x{number} = f(x{number - 1})" for number in range(4_000)]
    start = edits.set_text(Project("m.py"), "m.py", "\n".join(lines))
    made = History(start, keeper=ProjectKeeper())
    for number in range(1_000):
        lines[(number * 7_919) % len(lines)] += f"  # {number}"
        value = edits.set_text(made.present, "m.py", "\n".join(lines))
        made = made.push(f"edit {number}", value, cost=project_cost(made.present, value))
    assert len(made.done) == 1_000
    assert sum(step.cost for step in made.done) < 2 * 2**20
    end = dumps(made.present)
    while made.done:
        made = made.undo()
    assert dumps(made.present) == dumps(start)
    while made.undone:
        made = made.redo()
    assert dumps(made.present) == end


@pytest.mark.parametrize(
    ("text", "other", "parts"),
    [("abc", "abc", (3, 0, "")), ("aa", "a", (1, 0, "a")), ("axc", "abc", (1, 1, "x")), ("", "abc", (0, 0, ""))],
)
def test_what_two_texts_share(text: str, other: str, parts: tuple[int, int, str]) -> None:
    assert between(text, other) == parts
