"""What of a level does not depend on sizes is found once, and is the same whatever was asked for before."""

from __future__ import annotations

from hypothesis import given, settings

from studio.layout.arrange import Box, Line, arrange
from studio.layout.ranks import Arc
from studio.layout.structure import StructureMemo, plan, structure_of
from tests.studio.layout.test_arrange import levels


def test_names_of_buses_do_not_matter_but_who_shares_one_does():
    arcs = [Arc(0, 1), Arc(0, 2)]
    assert plan([None] * 3, arcs, ["a", "a"]) == plan([None] * 3, arcs, [7, 7])
    assert plan([None] * 3, arcs, ["a", "a"]) != plan([None] * 3, arcs, ["a", "b"])


def test_the_same_wires_are_ordered_once():
    memo = StructureMemo()
    first = memo.of("g", plan([None] * 2, [Arc(0, 1)], ["a"]))
    assert memo.of("g", plan([None] * 2, [Arc(0, 1)], ["b"])) is first
    assert memo.of("g", plan([None] * 2, [Arc(1, 0)], ["b"])) is not first
    assert memo.of("other", plan([None] * 2, [Arc(0, 1)], ["a"])) is not first


def test_arcs_that_lead_back_are_turned_and_keep_to_themselves():
    made = structure_of(plan([None] * 3, [Arc(0, 1), Arc(1, 2), Arc(2, 1)], ["a", "b", "b"]))
    assert made.turned == (False, False, True)
    assert made.ranks == [0, 1, 2]
    assert made.leaving == ((1, [[1], [2]]),)


@given(levels(), levels())
@settings(max_examples=60, deadline=None)
def test_what_was_laid_out_before_does_not_show(one, other):
    memo = StructureMemo()
    for boxes, lines in (one, other, one):
        wider = [Box(box.across * 1.5, box.along + 7.0) for box in boxes]
        ports = [Line(line.source, line.target, line.bus, 1.0, -1.0) for line in lines]
        assert arrange(boxes, lines, None, memo, "g") == arrange(boxes, lines)
        assert arrange(wider, lines, None, memo, "g") == arrange(wider, lines)
        assert arrange(wider, ports, None, memo, "g") == arrange(wider, ports)
