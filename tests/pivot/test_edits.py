"""Edits are functions of a project; what is refused changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pivot import edits
from pivot.decisions import Decision, Where
from pivot.problems import Refusal
from pivot.project import Project


@dataclass(frozen=True)
class At:
    line: int
    column: int
    end_line: int
    end_column: int


DISK = "a = 1\r\nb = f(2, 2)\rc = 'é𝄞x'\n"
PROJECT = Project("m.py")


def test_a_span_is_replaced_and_nothing_else() -> None:
    edited = edits.replace_span(PROJECT, "m.py", At(2, 7, 2, 8), "30", DISK)
    assert edited.texts["m.py"] == "a = 1\r\nb = f(30, 2)\rc = 'é𝄞x'\n"
    again = edits.replace_span(edited, "m.py", At(3, 6, 3, 8), "-", DISK)
    assert again.texts["m.py"].endswith("c = '-x'\n")


def test_several_spans_at_once_count_from_the_old_text() -> None:
    edited = edits.replace_spans(PROJECT, "m.py", [At(2, 10, 2, 11), At(2, 7, 2, 8), At(2, 7, 2, 8)], "345", DISK)
    assert edited.texts["m.py"].splitlines()[1] == "b = f(345, 345)"


def test_an_edit_that_leads_back_to_the_file_leaves_no_overlay() -> None:
    edited = edits.replace_span(PROJECT, "m.py", At(1, 5, 1, 6), "2", DISK)
    assert edits.replace_span(edited, "m.py", At(1, 5, 1, 6), "1", DISK) == PROJECT


@pytest.mark.parametrize("span", [At(9, 1, 9, 1), At(1, 1, 1, 99), At(0, 1, 1, 1), At(2, 3, 1, 1)])
def test_a_place_that_does_not_exist_is_refused(span: At) -> None:
    with pytest.raises(Refusal, match="no such place"):
        edits.replace_span(PROJECT, "m.py", span, "x", DISK)


def test_overlapping_places_and_unknown_texts_are_refused() -> None:
    with pytest.raises(Refusal, match="overlap"):
        edits.replace_spans(PROJECT, "m.py", [At(1, 1, 1, 4), At(1, 2, 1, 5)], "x", DISK)
    with pytest.raises(Refusal, match="not known"):
        edits.replace_span(PROJECT, "other.py", At(1, 1, 1, 1), "x")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("int", " 3 "),
        ("int", "-1"),
        ("int[2]", "3"),
        ("int[2]", "(3, 5)"),
        ("int[n]", "[1, 2, 3]"),
        ("float", "0.5"),
        ("float", "1"),
        ("bool", "True"),
        ("str", "'same'"),
        ("int?", "None"),
        ("pads[2]", "'same'"),
        ("", "{1: 2}"),
    ],
)
def test_literals_that_fit(kind: str, text: str) -> None:
    assert edits.check_literal(kind, text) == text.strip()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("int", "3.5"),
        ("int", "True"),
        ("int", "None"),
        ("int", "n"),
        ("int[2]", "(1, 2, 3)"),
        ("int[2]", "(1, 'a')"),
        ("float", "'a'"),
        ("bool", "1"),
        ("str", "same"),
        ("", "__import__('os')"),
        ("", ""),
        ("", "(1,\n2)"),
        ("", "(" * 500),
    ],
)
def test_literals_that_do_not(kind: str, text: str) -> None:
    with pytest.raises(Refusal) as caught:
        edits.check_literal(kind, text, "m.py", 3, 4)
    assert (caught.value.problem.line, caught.value.problem.column) == (3, 4)


def test_choices_are_checked() -> None:
    assert edits.set_model(PROJECT, "  Net(hidden=64) ").model == "Net(hidden=64)"
    assert edits.set_model(PROJECT, " ").model is None
    assert edits.set_inputs(PROJECT, ["1x3x8x8", " "]).inputs == ("1x3x8x8",)
    assert edits.set_bindings(PROJECT, ["opt.size=3"]).bind == ("opt.size=3",)
    assert edits.set_target(PROJECT, "torch").target == "torch"
    for refused in (
        lambda: edits.set_model(PROJECT, "Net("),
        lambda: edits.set_bindings(PROJECT, ["size"]),
        lambda: edits.set_bindings(PROJECT, ["2=3"]),
        lambda: edits.set_bindings(PROJECT, ["a=("]),
        lambda: edits.set_target(PROJECT, "mxnet"),
    ):
        with pytest.raises(Refusal):
            refused()


def decision(ops: str, where: Where | None = None) -> Decision:
    return Decision("map", "call", "lib.wave", "map wave", ops, where)


def test_a_decision_replaces_what_it_is_about_and_can_be_taken_back() -> None:
    first, second = Where("net.py", "Net.forward", "wave(x)"), Where("net.py", "Net.forward", "wave(x)", 1)
    call = ("call", "lib.wave")
    everywhere = edits.decide(PROJECT, decision("a"))
    both = edits.decide(edits.decide(everywhere, decision("b", first)), decision("c", first))
    assert [edits.decision_at(both, call, where).ops for where in (first, second)] == ["c", "a"]
    assert edits.undecide(both, call, first).decisions == everywhere.decisions
    assert edits.undecide(both, call, second).decisions == (decision("c", first).dumps(),)
    assert edits.decide(both, decision("d")).decisions == (decision("d").dumps(),)
    other = edits.decide(both, Decision("stop", "call", "lib.other", "stop"))
    assert len(other.decisions) == 3
    assert edits.decision_at(PROJECT, call, first) is None


def test_positions_add_up() -> None:
    moved = edits.move_nodes(edits.move_nodes(PROJECT, "g", {"n0": (1.0, 2.0)}), "g", {"n1": (3.0, 4.0)})
    assert moved.positions == {"g": {"n0": (1.0, 2.0), "n1": (3.0, 4.0)}}
