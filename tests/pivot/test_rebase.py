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


def test_lines_that_were_put_in_move_what_follows() -> None:
    rebase = Rebase(OLD, OLD.replace("y = g(5)\n", "w = 1\nv = 2\ny = g(5)\n"))
    assert rebase.place(Lines(4, 7, 4, 8)) == Lines(6, 7, 6, 8)
    assert rebase.line(5) == 7


def test_what_was_taken_away_has_no_place() -> None:
    assert Rebase(OLD, OLD.replace("y = g(5)\n", "")).place(Lines(4, 7, 4, 8)) is None
    assert Rebase(OLD, OLD.replace("f(3, 4)", "q")).place(Lines(3, 7, 3, 8)) is None


literals = st.one_of(
    st.integers(-99, 99).map(str),
    st.lists(st.integers(0, 9), min_size=1, max_size=3).map(lambda items: repr(tuple(items))),
    st.text("ab'", max_size=3).map(repr),
    st.sampled_from(("True", "None", "0.5")),
)


@given(st.lists(st.tuples(st.integers(0, 2), literals), min_size=1, max_size=6))
def test_literals_written_one_after_the_other_stand_at_their_places(edited: list[tuple[int, str]]) -> None:
    """Two of the places are on one line; each edit is followed by itself."""
    places = [Lines(3, 7, 3, 8), Lines(3, 10, 3, 11), Lines(4, 7, 4, 8)]
    wanted, text = ["3", "4", "5"], OLD
    for which, literal in edited:
        new = edits.replace_span(Project("m.py"), "m.py", places[which], literal, text).texts.get("m.py", text)
        rebase = Rebase(text, new)
        moved = [rebase.place(place) for place in places]
        assert None not in moved
        places, text = [place for place in moved if place is not None], new
        wanted[which] = literal
        assert [edits.text_at(text, place) for place in places] == wanted
