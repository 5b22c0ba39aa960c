"""Which stretch of source, which nodes and which stretch of target belong together: many to many. No Qt here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from studio.picture import Picture, Span
from studio.selection import Selection

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Link:
    """One site: a stretch of source, the stretch of target written for it, and the nodes it made."""

    source: Span
    target: Span | None
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A stretch of text with what it stands for."""

    span: Span
    nodes: tuple[str, ...]
    modules: tuple[str, ...]
    links: tuple[Link, ...]


class Index:
    """Finds the stretches over a place; a stretch is filed under each of its lines."""

    def __init__(self, entries: Iterable[_Entry]) -> None:
        self._lines: dict[tuple[str, int], list[_Entry]] = defaultdict(list)
        for entry in entries:
            for line in range(entry.span.line, entry.span.end_line + 1):
                self._lines[entry.span.file, line].append(entry)

    def at(self, file: str, line: int, column: int) -> tuple[_Entry, ...]:
        """The innermost stretches over the place; where none is, all that begin on the line, from the left."""
        filed = self._lines.get((file, line), [])
        over = [entry for entry in filed if covers(entry.span, line, column)]
        if over:
            least = min(_extent(entry.span) for entry in over)
            return tuple(entry for entry in over if _extent(entry.span) == least)
        begun = [entry for entry in filed if entry.span.line == line and entry.span.end_line == line]
        return tuple(sorted(begun, key=lambda entry: entry.span.column))


class Links:
    """The mapping of one conversion. Built once; look-ups take the time of what stands on one line."""

    def __init__(self, picture: Picture | None = None, links: Iterable[Link] = ()) -> None:
        self.picture = picture
        self.links = tuple(links)
        self._by_node: dict[str, list[Link]] = defaultdict(list)
        self._by_source: dict[Span, list[Link]] = defaultdict(list)
        for item in self.links:
            self._by_source[item.source].append(item)
            for node in item.nodes:
                self._by_node[node].append(item)
        self._members = _members(picture)
        self._literals: dict[Span, list[str]] = defaultdict(list)
        for found in picture.nodes if picture else ():
            for param in found.params:
                if param.span is not None:
                    self._literals[param.span].append(found.id)
        self._source = Index(self._source_entries())
        self._target = Index(
            _Entry(item.target, item.nodes, (), (item,)) for item in self.links if item.target is not None
        )

    def of_nodes(self, ids: Iterable[str], origin: str = "") -> Selection:
        """All that belongs to some nodes; ids that the picture does not have are left out."""
        nodes = self._known(ids)
        return Selection(nodes, (), self._source_of(nodes), self._target_of(nodes), None, origin)

    def of_modules(self, paths: Iterable[str], origin: str = "") -> Selection:
        """All that belongs to some modules: the places that make them, and what was written there."""
        if self.picture is None:
            return Selection(origin=origin)
        known = {module.path: module for module in self.picture.modules}
        modules = tuple(path for path in dict.fromkeys(paths) if path in known)
        source: list[Span] = []
        target: list[Span] = []
        for path in modules:
            place = known[path].made_at or known[path].definition
            source += [place] if place is not None else []
            target += (
                [item.target for item in self._by_source.get(place, ()) if item.target] if place is not None else []
            )
            leaves = [node for node in self._members.get(path, ()) if self._instance(node) == path]
            source += self._source_of(leaves)
            target += self._target_of(leaves)
        return Selection((), modules, _once(source), _once(target), None, origin)

    def of_both(self, ids: Iterable[str], paths: Iterable[str], origin: str = "") -> Selection:
        """Nodes and modules together, as the graph selects them."""
        one, other = self.of_nodes(ids), self.of_modules(paths)
        source, target = _once((*one.source, *other.source)), _once((*one.target, *other.target))
        return Selection(one.nodes, other.modules, source, target, None, origin)

    def at_source(self, file: str, line: int, column: int, origin: str = "source") -> Selection:
        """What a place of the source stands for: nodes, or the modules made there."""
        return self._of_entries(self._source.at(file, line, column), origin)

    def at_target(self, file: str, line: int, column: int, origin: str = "target") -> Selection:
        """What a place of the target was written for."""
        return self._of_entries(self._target.at(file, line, column), origin)

    def nodes_below(self, path: str) -> tuple[str, ...]:
        """The nodes of a module and of all modules in it."""
        return self._members.get(path, ())

    def nodes_written_at(self, span: Span) -> tuple[str, ...]:
        """The nodes one of whose parameters has its literal at the span."""
        return tuple(dict.fromkeys(self._literals.get(span, ())))

    def _of_entries(self, entries: tuple[_Entry, ...], origin: str) -> Selection:
        nodes = self._known(node for entry in entries for node in entry.nodes)
        if not nodes:
            modules = _once(module for entry in entries for module in entry.modules)
            spans = _once(entry.span for entry in entries)
            if modules:
                return self.of_modules(modules, origin)
            found = [item for entry in entries for item in entry.links]
            source = _once(item.source for item in found) or spans
            return Selection((), (), source, _once(item.target for item in found if item.target), None, origin)
        return self.of_nodes(nodes, origin)

    def _source_entries(self) -> Iterable[_Entry]:
        nodes: dict[Span, list[str]] = defaultdict(list)
        modules: dict[Span, list[str]] = defaultdict(list)
        for item in self.links:
            nodes[item.source] += item.nodes
        for node in self.picture.nodes if self.picture else ():
            places = [node.site, node.made_at, *(param.span for param in node.params)]
            for place in dict.fromkeys(place for place in places if place is not None):
                nodes[place].append(node.id)
        for module in self.picture.modules if self.picture else ():
            if module.made_at is not None:
                modules[module.made_at].append(module.path)
        for span in dict.fromkeys((*nodes, *modules)):
            found = tuple(self._by_source.get(span, ()))
            yield _Entry(span, tuple(dict.fromkeys(nodes[span])), tuple(modules[span]), found)

    def _known(self, ids: Iterable[str]) -> tuple[str, ...]:
        known = self.picture.node_by_id if self.picture is not None else {}
        return tuple(node for node in dict.fromkeys(ids) if node in known)

    def _instance(self, node: str) -> str | None:
        return self.picture.node_by_id[node].instance if self.picture is not None else None

    def _source_of(self, nodes: Iterable[str]) -> tuple[Span, ...]:
        if self.picture is None:
            return ()
        found = [self.picture.node_by_id[node] for node in nodes]
        return _once(place for node in found for place in (node.made_at, node.site) if place is not None)

    def _target_of(self, nodes: Iterable[str]) -> tuple[Span, ...]:
        return _once(item.target for node in nodes for item in self._by_node.get(node, ()) if item.target is not None)


def covers(span: Span, line: int, column: int) -> bool:
    """Whether a cursor at the place touches the stretch; the edge behind the last character counts."""
    return (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column)


def _extent(span: Span) -> tuple[int, int]:
    return span.end_line - span.line, span.end_column - (span.column if span.line == span.end_line else 0)


def _once(spans: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(spans))


def _members(picture: Picture | None) -> Mapping[str, tuple[str, ...]]:
    """Per module path the nodes in it, at any depth, in the order of the picture."""
    members: dict[str, list[str]] = defaultdict(list)
    parents = {module.path: module.parent for module in picture.modules} if picture else {}
    for node in picture.nodes if picture else ():
        # A path can end in a module that the picture does not list; the walk stops there instead of guessing.
        path: str | None = node.instance if node.instance in parents else node.module
        while path is not None:
            members[path].append(node.id)
            path = parents.get(path)
    return {path: tuple(nodes) for path, nodes in members.items()}
