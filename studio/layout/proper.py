"""A layered graph in which every segment leads to the next rank: long wires run over dummies.

Wires of one bus (the same value from the same place) share their dummies, so that a mask that feeds 48 layers is one
line with 48 branches, and not 48 lines.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from studio.layout.ranks import Arc


@dataclass(slots=True)
class Proper:
    """Places below `real` are items, the others dummies. `paths` are the places each arc runs over, ends included.

    `up` and `down` are the neighbours in the rank above and below; `ranks` is the rank of each place.
    """

    real: int
    ranks: list[int]
    paths: list[list[int]] = field(default_factory=list)
    up: list[list[int]] = field(default_factory=list)
    down: list[list[int]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.ranks)

    def is_dummy(self, place: int) -> bool:
        return place >= self.real

    def layers(self) -> list[list[int]]:
        """The places of each rank, in the order of their numbers."""
        found: list[list[int]] = [[] for _ in range(max(self.ranks, default=-1) + 1)]
        for place, rank in enumerate(self.ranks):
            found[rank].append(place)
        return found


def make_proper(ranks: Sequence[int], arcs: Sequence[Arc], buses: Sequence[Hashable]) -> Proper:
    """Cut long arcs at each rank; arcs of equal `buses` that leave the same item share the cuts."""
    made = Proper(len(ranks), list(ranks))
    trunks: dict[tuple[int, Hashable], list[int]] = {}
    ends: set[tuple[int, int]] = set()
    ordered: list[tuple[int, int]] = []
    for (source, target), bus in zip(arcs, buses, strict=True):
        trunk = trunks.setdefault((source, bus), [])
        length = ranks[target] - ranks[source] - 1
        while len(trunk) < length:
            ordered.append((trunk[-1] if trunk else source, made.count))
            trunk.append(made.count)
            made.ranks.append(ranks[source] + len(trunk))
        path = [source, *trunk[:length], target]
        made.paths.append(path)
        end = (path[-2], target)
        if end not in ends:
            ends.add(end)
            ordered.append(end)
    made.up = [[] for _ in range(made.count)]
    made.down = [[] for _ in range(made.count)]
    for upper, lower in ordered:
        made.down[upper].append(lower)
        made.up[lower].append(upper)
    return made
