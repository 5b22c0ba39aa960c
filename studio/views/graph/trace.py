"""Where values come from and go to: neighbours of what is drawn, and all that lies between two places. No Qt here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from studio.layout.compose import Drawing
from studio.picture import Picture


def producers(drawing: Drawing, items: Iterable[str]) -> tuple[str, ...]:
    """The items whose values some drawn items take, in the order of the wires; none of the items themselves."""
    wanted = frozenset(items)
    found = (edge.source for edge in drawing.visible.edges if edge.target in wanted and edge.source not in wanted)
    return tuple(dict.fromkeys(found))


def consumers(drawing: Drawing, items: Iterable[str]) -> tuple[str, ...]:
    """The items that take what some drawn items give."""
    wanted = frozenset(items)
    found = (edge.target for edge in drawing.visible.edges if edge.source in wanted and edge.target not in wanted)
    return tuple(dict.fromkeys(found))


def between(picture: Picture, parts: Iterable[frozenset[str]]) -> frozenset[str]:
    """The nodes on a way from any of some sets of nodes to another of them, the sets included; empty for no way.

    Of a single set: the nodes on a way from one of its nodes to another.
    """
    sets = [part for part in parts if part]
    if len(sets) == 1:
        sets = [frozenset((node,)) for node in sets[0]]
    if len(sets) < 2:
        return frozenset()
    after = [_reach(picture, part, forward=True) for part in sets]
    before = [_reach(picture, part, forward=False) for part in sets]
    found: set[str] = set()
    for one, down in enumerate(after):
        for other, up in enumerate(before):
            if one != other and not down.isdisjoint(sets[other]):
                found |= down & up
    return frozenset(found)


def _reach(picture: Picture, start: frozenset[str], *, forward: bool) -> frozenset[str]:
    """The nodes that values of `start` come to, or come from; `start` included."""
    known: Mapping[str, object] = picture.node_by_id
    seen = {node for node in start if node in known}
    waiting = list(seen)
    while waiting:
        node = picture.node_by_id[waiting.pop()]
        for near in picture.consumers_of(node) if forward else picture.producers_of(node):
            if near.id not in seen:
                seen.add(near.id)
                waiting.append(near.id)
    return frozenset(seen)
