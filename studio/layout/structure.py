"""What of a level does not depend on sizes: ranks, the graph with its dummies, the order within ranks, the trunks.

A level is laid out again whenever something in it opens, closes or gets a longer title. Its wires mostly stay what they
were, so this part, half of the work, is done once.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from studio.layout.order import crossings, first_order, untangled
from studio.layout.place import Stems, find_stems
from studio.layout.proper import Proper, make_proper
from studio.layout.ranks import Arc, Pin, acyclic, rank


class Plan(NamedTuple):
    """A level without sizes. Wires of the same bus from the same box may share a line."""

    pins: tuple[Pin | None, ...]
    arcs: tuple[Arc, ...]
    buses: tuple[int, ...]


def plan(pins: Sequence[Pin | None], arcs: Sequence[Arc], buses: Sequence[Hashable]) -> Plan:
    """Two levels with the same boxes and wires get the same plan, whatever their buses are called."""
    numbers: dict[tuple[int, Hashable], int] = {}
    numbered = [numbers.setdefault((arc.source, bus), len(numbers)) for arc, bus in zip(arcs, buses, strict=True)]
    return Plan(tuple(pins), tuple(arcs), tuple(numbered))


Several = tuple[tuple[int, list[list[int]]], ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """`turned` tells which arcs lead back and are laid out the other way round.

    `first` is an order of the ranks that knows no sizes, with so many `crossings`; `stems` is what follows from it,
    None where lines cross in it, so that the ports of the boxes have a say. `leaving` and `reaching` name the boxes
    that several lines leave or reach, with the numbers of the arcs: those of one bus leave as one line, those of one
    dummy reach as one.
    """

    turned: tuple[bool, ...]
    ranks: list[int]
    graph: Proper
    first: list[list[int]]
    crossings: int
    stems: Stems | None
    leaving: Several
    reaching: Several

    def ordered(self, shifts: Sequence[dict[int, float]] | None) -> tuple[list[list[int]], Stems]:
        """The places of each rank from left to right; `shifts[p][q]`: where within p (-1..1) the line to q ends."""
        if self.stems is not None:
            return self.first, self.stems
        layers = untangled(self.graph, self.first, self.crossings, shifts)
        return layers, find_stems(self.graph, layers)


def structure_of(given: Plan) -> Structure:
    """Ranks and order; arcs that would lead back are turned round."""
    turned = acyclic(len(given.pins), given.arcs)
    arcs = tuple(Arc(t, s) if back else Arc(s, t) for (s, t), back in zip(given.arcs, turned, strict=True))
    # Turned lines keep to themselves: they would share the line of what comes in with what goes out.
    buses = tuple(("back", bus) if back else bus for bus, back in zip(given.buses, turned, strict=True))
    ranks = rank(len(given.pins), arcs, given.pins)
    graph = make_proper(ranks, arcs, buses)
    first = first_order(graph)
    tangles = crossings(graph, first)
    stems = None if tangles else find_stems(graph, first)
    starts = [(path[0], bus) for path, bus in zip(graph.paths, buses, strict=True)]
    stops = [(path[-1], path[-2]) for path in graph.paths]
    return Structure(tuple(turned), ranks, graph, first, tangles, stems, _several(starts), _several(stops))


def _several(ends: Sequence[tuple[int, Hashable]]) -> Several:
    """The boxes at which more than one line ends."""
    found: dict[int, dict[Hashable, list[int]]] = {}
    for index, (place, line) in enumerate(ends):
        found.setdefault(place, {}).setdefault(line, []).append(index)
    return tuple([(place, list(lines.values())) for place, lines in found.items() if len(lines) > 1])


class StructureMemo:
    """Keeps the structure that each group had last."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Plan, Structure]] = {}

    def of(self, group: str, given: Plan) -> Structure:
        """The structure of a plan, made anew only where it is not the last one of the group."""
        known = self._known.get(group)
        if known is None or known[0] != given:
            known = self._known[group] = (given, structure_of(given))
        return known[1]
