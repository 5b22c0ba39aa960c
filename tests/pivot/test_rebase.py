"""Places of an older text in a newer one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pivot import edits
from pivot.project import Project
from pivot.rebase import Lines, Rebase

OLD = "import a\n\nx = f(3, 4)\ny = g(5)\nz = h(6)\n"


def test_an_edited_literal_keeps_its_place_and_others_move_behind_it() -> None:
    rebase = Rebase(OLD, OLD.replace("3", "(30, 40)"))
    assert rebase.place(Lines(3, 7, 3, 8)) == Lines(3, 7, 3, 15)
    assert rebase.place(Lines(3, 10, 3, 11)) == Lines(3, 17, 3, 18)
    assert rebase.place(Lines(4, 7, 4, 8)) == Lines(4, 7, 4, 8)


def test_edits_on_several_lines_stay_apart() -> None:
    rebase = Rebase(OLD, OLD.replace("3", "33").replace("6", "66"))
    assert rebase.place(Lines(3, 7, 3, 8)) == Lines(3, 7, 3, 9)
    assert rebase.place(Lines(4, 7, 4, 8)) == Lines(4, 7, 4, 8)
    assert rebase.place(Lines(5, 7, 5, 8)) == Lines(5, 7, 5, 9)


def test_edits_on_one_line_stay_apart() -> None:
    rebase = Rebase(OLD, OLD.replace("f(3, 4)", "f((3, 5), 44)"))
    assert rebase.place(Lines(3, 7, 3, 8)) == Lines(3, 7, 3, 13)
    assert rebase.place(Lines(3, 10, 3, 11)) == Lines(3, 15, 3, 17)


def test_lines_that_were_put_in_move_what_follows() -> None:
    rebase = Rebase(OLD, OLD.replace("y = g(5)\n", "w = 1\nv = 2\ny = g(5)\n"))
    assert rebase.place(Lines(4, 7, 4, 8)) == Lines(6, 7, 6, 8)
    assert rebase.line(5) == 7


def test_what_was_taken_away_has_no_place() -> None:
    assert Rebase(OLD, OLD.replace("y = g(5)\n", "")).place(Lines(4, 7, 4, 8)) is None
    assert Rebase(OLD, OLD.replace("f(3, 4)", "q")).place(Lines(3, 7, 3, 8)) is None


@given(st.integers(0, 2), st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=6))
def test_what_was_written_at_a_place_stands_at_the_rebased_place(which: int, text: str) -> None:
    place = (Lines(3, 7, 3, 8), Lines(4, 7, 4, 8), Lines(5, 7, 5, 8))[which]
    new = edits.replace_span(Project("m.py"), "m.py", place, text, OLD).texts.get("m.py", OLD)
    moved = Rebase(OLD, new).place(place)
    assert moved is not None
    assert edits.text_at(new, moved) == text
