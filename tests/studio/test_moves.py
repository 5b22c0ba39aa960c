"""Following places over several edits."""

from __future__ import annotations

from itertools import pairwise

from pivot.rebase import Lines
from studio.moves import Moves

TEXTS = ("f(3, 4)\n", "f((11, 11), 4)\n", "f((11, 11), 5)\n", "f(7, 5)\n")


def moves() -> Moves:
    made = Moves()
    for revision, (old, new) in enumerate(pairwise(TEXTS), start=2):
        made.add("m.py", old, new)
        made.reach(revision)
    return made


def test_two_literals_of_one_line_over_three_edits() -> None:
    assert moves().now("m.py", Lines(1, 3, 1, 4)) == Lines(1, 3, 1, 4)
    assert moves().now("m.py", Lines(1, 6, 1, 7)) == Lines(1, 6, 1, 7)
    assert moves().before("m.py", Lines(1, 6, 1, 7)) == Lines(1, 6, 1, 7)
    assert moves().now("other.py", Lines(1, 1, 1, 2)) == Lines(1, 1, 1, 2)


def test_new_results_begin_a_new_trail() -> None:
    made = moves()
    made.forget_until(2)
    assert made.now("m.py", Lines(1, 3, 1, 11)) == Lines(1, 3, 1, 4)
    made.forget_until(4)
    assert made.now("m.py", Lines(1, 3, 1, 11)) == Lines(1, 3, 1, 11)
