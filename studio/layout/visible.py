"""The visible graph: what is drawn while some groups are open, level by level, and the wires between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from studio.layout.tree import ROOT, Tree
from studio.picture import Picture

ENTRY = "^"  # the wire comes in through the border of its level
EXIT = "$"  # the wire goes out through it


class End(NamedTuple):
    """Where a wire ends: an item of the level or its border; `port` is a value where the place has one per value."""

    item: str
    port: str | None = None


class Wire(NamedTuple):
    """A line within one level, carrying `values`. `links` are the pairs of leaf items it is a part of."""

    source: End
    target: End
    values: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Level:
    """The inside of one open group: items in the order of execution, values crossing the border, and wires.

    The value made last enters first: it is the trunk, what is older came by a detour.
    """

    group: str
    items: tuple[str, ...]
    entries: tuple[str, ...]
    exits: tuple[str, ...]
    wires: tuple[Wire, ...]


class Edge(NamedTuple):
    """A connection between two leaf items: visible nodes, closed groups, inputs, outputs."""

    source: str
    target: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VisibleGraph:
    """Everything that is drawn. `carried` are the values from one leaf item to another.

    `shown` tells the leaf item that stands for each node of the picture.
    """

    levels: Mapping[str, Level]
    carried: Mapping[tuple[str, str], Iterable[str]]
    shown: Mapping[str, str]

    @property
    def edges(self) -> Iterator[Edge]:
        """The connections between leaf items, each once."""
        return (Edge(source, target, tuple(values)) for (source, target), values in self.carried.items())


def input_id(value: str) -> str:
    """The id of the item that draws an input of the network."""
    return f">{value}"


def output_id(value: str) -> str:
    """The id of the item that draws an output of the network."""
    return f"<{value}"


class Flow(NamedTuple):
    """A value on its way from a node or input to one that takes it; the homes are the groups these are in."""

    value: str
    source: str
    source_home: str
    target: str
    target_home: str


class Flows:
    """All flows of a picture, and which of them lead from one group to another: most of them end where they begin."""

    def __init__(self, picture: Picture, tree: Tree) -> None:
        self.inputs = {terminal.id: input_id(terminal.id) for terminal in picture.inputs}
        self.outputs = {terminal.id: output_id(terminal.id) for terminal in picture.outputs}
        self.all: list[Flow] = []
        self.between: dict[tuple[str, str], list[int]] = {}
        self.homes = tuple(dict.fromkeys((ROOT, *tree.home.values())))
        for value in dict.fromkeys((*self.inputs, *(value for node in picture.nodes for value in node.outputs))):
            producer = picture.producer.get(value)
            source, home = (self.inputs[value], ROOT) if producer is None else (producer.id, tree.home[producer.id])
            for taker in picture.consumers.get(value, ()):
                self._add(Flow(value, source, home, taker.id, tree.home[taker.id]))
            if value in self.outputs:
                self._add(Flow(value, source, home, self.outputs[value], ROOT))

    def _add(self, flow: Flow) -> None:
        self.between.setdefault((flow.source_home, flow.target_home), []).append(len(self.all))
        self.all.append(flow)


class Shown(Mapping[str, str]):
    """The leaf item that stands for each node, looked up when it is asked for: of thousands few are."""

    def __init__(self, homes: Mapping[str, str], hidden_in: Mapping[str, str | None]) -> None:
        self._homes = homes
        self._hidden_in = hidden_in

    def __getitem__(self, node: str) -> str:
        return self._hidden_in[self._homes[node]] or node

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


def see(picture: Picture, tree: Tree, opened: frozenset[str], flows: Flows | None = None) -> VisibleGraph:
    """The visible graph while the groups in `opened` are open; the root always is."""
    flows = flows or Flows(picture, tree)
    sight = _Sight(tree, opened)
    wiring = _Wiring(sight)
    seen: list[int] = []
    hidden_in = sight.all_closed(flows.homes)
    for (one, other), numbers in flows.between.items():
        closed = hidden_in[one]
        if closed is None or closed != hidden_in[other]:  # else it is all inside one closed group
            seen += numbers
    all_flows = flows.all
    for number in sorted(seen):
        value, source, home, target, target_home = all_flows[number]
        start, stop = hidden_in[home] or source, hidden_in[target_home] or target
        if start != stop:
            wiring.connect(value, start, home, stop, target_home)
    levels = {group: wiring.level(group, tree.items[group]) for group in sight.open_groups()}
    whole = (*flows.inputs.values(), *tree.items[ROOT], *flows.outputs.values())
    levels[ROOT] = wiring.level(ROOT, whole)  # keeps its place: the root comes first
    return VisibleGraph(MappingProxyType(levels), MappingProxyType(wiring.edges), Shown(tree.home, hidden_in))


class _Sight:
    """Which groups are open, and what stands for what is inside closed ones."""

    def __init__(self, tree: Tree, opened: frozenset[str]) -> None:
        self.tree = tree
        self.opened = opened
        self._closed: dict[str, str | None] = {ROOT: None}
        self.chains: dict[str, tuple[str, ...]] = {ROOT: (ROOT,)}

    def all_closed(self, homes: Iterable[str]) -> dict[str, str | None]:
        """The same as `closed` for many groups: of thousands, the ones around them are known already."""
        known, groups, opened = self._closed, self.tree.groups, self.opened
        found: dict[str, str | None] = {}
        for home in homes:
            if home not in known:
                parent = groups[home].parent or ROOT
                outer = known[parent] if parent in known else self.closed(parent)
                known[home] = outer if outer is not None else (None if home in opened else home)
            found[home] = known[home]
        return found

    def closed(self, group: str) -> str | None:
        """The outermost closed group at or around a group; None where all are open."""
        if group not in self._closed:
            parent = self.tree.groups[group].parent or ROOT
            outer = self.closed(parent)
            self._closed[group] = outer if outer is not None else (None if group in self.opened else group)
        return self._closed[group]

    def chain(self, group: str) -> tuple[str, ...]:
        """The open groups from the root down to the level in which the leaf of that group's nodes is drawn."""
        if group not in self.chains:
            parent = self.tree.groups[group].parent or ROOT
            above = self.chain(parent)
            self.chains[group] = (*above, group) if self.closed(group) is None else above
        return self.chains[group]

    def open_groups(self) -> Iterable[str]:
        """The open groups that are drawn, outer ones first."""
        waiting = [ROOT]
        for group in waiting:
            waiting.extend(child for child in self.tree.groups[group].children if child in self.opened)
        return waiting


class _Way(NamedTuple):
    """The groups a wire leaves from the inside out, the level in which it crosses, those it enters, innermost first."""

    left: tuple[str, ...]
    level: str
    entered: tuple[str, ...]


_Taken = tuple[dict[str, None], dict[tuple[str, str], None]]


class _Wiring:
    """Collects the wires of all levels, each once."""

    def __init__(self, sight: _Sight) -> None:
        self.sight = sight
        self.edges: dict[tuple[str, str], dict[str, None]] = {}
        self._wires: dict[str, dict[tuple[End, End], _Taken]] = {}
        self._entries: dict[str, dict[str, None]] = {}
        self._exits: dict[str, dict[str, None]] = {}
        self._ways: dict[tuple[tuple[str, ...], tuple[str, ...]], _Way] = {}
        self._ends: dict[tuple[str, str | None], End] = {}
        self._plain: dict[str, End] = {}

    def connect(self, value: str, source: str, source_home: str, target: str, target_home: str) -> None:
        """Lead a value from leaf to leaf: up through the open groups around the source, across, and down."""
        link = (source, target)
        carried = self.edges.get(link)
        if carried is None:
            self.edges[link] = {value: None}
        else:
            carried[value] = None
        chains, plain = self.sight.chains, self._plain
        up = chains.get(source_home) or self.sight.chain(source_home)
        down = chains.get(target_home) or self.sight.chain(target_home)
        start, stop = plain.get(source) or self._end(source), plain.get(target) or self._end(target)
        if up is down or up == down:  # most wires: nothing is between
            self._wire(up[-1], start, stop, value, link)
            return
        way = self._way(up, down)
        for group in way.left:
            self._exits.setdefault(group, {})[value] = None
            self._wire(group, start, self._end(EXIT, value), value, link)
            start = self._end(group, value)
        for group in way.entered:
            self._entries.setdefault(group, {})[value] = None
            self._wire(group, self._end(ENTRY, value), stop, value, link)
            stop = self._end(group, value)
        self._wire(way.level, start, stop, value, link)

    def _end(self, item: str, port: str | None = None) -> End:
        """The end of a wire: thousands of wires end at the same places."""
        found = self._ends.get((item, port))
        if found is None:
            found = self._ends[item, port] = End(item, port)
            if port is None:
                self._plain[item] = found
        return found

    def _way(self, up: tuple[str, ...], down: tuple[str, ...]) -> _Way:
        found = self._ways.get((up, down))
        if found is None:
            common = 0
            while common < min(len(up), len(down)) and up[common] == down[common]:
                common += 1
            found = self._ways[up, down] = _Way(up[common:][::-1], up[common - 1], down[common:][::-1])
        return found

    def _wire(self, group: str, source: End, target: End, value: str, link: tuple[str, str]) -> None:
        wires = self._wires.get(group)
        if wires is None:
            wires = self._wires[group] = {}
        known = wires.get((source, target))
        if known is None:
            wires[source, target] = {value: None}, {link: None}
        else:
            known[0][value] = known[1][link] = None

    def level(self, group: str, items: tuple[str, ...]) -> Level:
        """One level with what has been collected for it."""
        return Level(
            group,
            items,
            tuple(reversed(self._entries.get(group, {}))),
            tuple(self._exits.get(group, ())),
            tuple(
                [
                    Wire(source, target, tuple(values), tuple(links))
                    for (source, target), (values, links) in self._wires.get(group, {}).items()
                ]
            ),
        )
