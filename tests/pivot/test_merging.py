"""Two edits of one text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pivot.merging import merge

BASE = "a\nb\nc\nd\ne\n"


def test_edits_of_different_lines_are_put_together():
    done = merge(BASE, "a\nB\nc\nd\ne\n", "a\nb\nc\nd\nE\nf\n")
    assert (done.text, done.conflicts) == ("a\nB\nc\nd\nE\nf\n", ())


def test_the_same_edit_on_both_sides_is_no_conflict():
    done = merge(BASE, "a\nX\nc\nd\ne\n", "a\nX\nc\nD\ne\n")
    assert (done.text, done.conflicts) == ("a\nX\nc\nD\ne\n", ())


def test_where_both_touch_a_line_mine_stays_and_the_place_is_named():
    done = merge(BASE, "a\nmine\nc\nd\ne\n", "a\ntheirs\nc\nD\ne\n")
    assert (done.text, done.conflicts) == ("a\nmine\nc\nD\ne\n", (2,))
    both = merge(BASE, "a\nb\nc\nmine\nd\ne\n", "a\nb\nc\ntheirs\nd\ne\n")
    assert (both.text, both.conflicts) == ("a\nb\nc\nmine\nd\ne\n", (4,))


def test_a_deletion_against_an_edit_is_a_conflict():
    done = merge(BASE, "a\ne\n", "a\nb\nC\nd\ne\n")
    assert done.text == "a\ne\n"
    assert done.conflicts


TEXT = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n"]), max_size=8).map("".join)


@given(TEXT, TEXT)
def test_one_sided_edits_are_taken_whole(base: str, edited: str):
    assert merge(base, edited, base).text == edited
    assert merge(base, base, edited).text == edited
    assert merge(base, edited, edited) == merge(base, edited, base)


@given(TEXT, TEXT, TEXT)
def test_without_a_conflict_the_sides_can_be_exchanged(base: str, mine: str, theirs: str):
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert len(one.conflicts) == len(other.conflicts)
    if not one.conflicts:
        assert one.text == other.text
