"""The groups of a picture: its modules that hold nodes, with runs of equal neighbours folded into one ("×12")."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from studio.picture import Module, Node, Picture

ROOT = "/"


def group_id(path: str) -> str:
    """The id of the group that draws a module; node ids never begin with a slash."""
    return f"/{path}"


@dataclass(frozen=True, slots=True)
class Group:
    """A box that can be opened. A fold stands for `count` equal modules, any other group for one.

    `children` and `nodes` are in the order of execution; `first` and `last` are places in `Picture.nodes`.
    """

    id: str
    parent: str | None
    path: str
    class_name: str
    modules: tuple[str, ...]
    children: tuple[str, ...]
    nodes: tuple[str, ...]
    node_count: int
    unmapped: int
    parameters: int
    first: int
    last: int

    @property
    def count(self) -> int:
        return len(self.modules)

    @property
    def folded(self) -> bool:
        return len(self.modules) > 1

    @property
    def title(self) -> str:
        """As it is written on the group: "layer1.0 · BasicBlock"."""
        return f"{self.path} · {self.class_name}" if self.path else self.class_name


@dataclass(frozen=True, slots=True)
class Tree:
    """All groups by id, the root being "/"; the group that each node is drawn in and each module is drawn as.

    `items` are the nodes and groups directly in a group, in the order of execution.
    """

    groups: Mapping[str, Group]
    home: Mapping[str, str]
    of_module: Mapping[str, str]
    items: Mapping[str, tuple[str, ...]]

    def ancestors(self, group: str) -> tuple[str, ...]:
        """The groups around a group, the nearest first; ends with the root."""
        found = []
        parent = self.groups[group].parent
        while parent is not None:
            found.append(parent)
            parent = self.groups[parent].parent
        return tuple(found)

    def descendants(self, group: str) -> tuple[str, ...]:
        """The groups inside a group at any depth, outer ones first."""
        found: list[str] = []
        waiting = list(self.groups[group].children)
        while waiting:
            found += waiting
            waiting = [child for parent in waiting for child in self.groups[parent].children]
        return tuple(found)

    def nodes_below(self, group: str) -> Iterable[str]:
        """The nodes in a group at any depth."""
        for found in (group, *self.descendants(group)):
            yield from self.groups[found].nodes


@dataclass(slots=True)
class _Draft:
    """A module while the tree is built."""

    module: Module
    nodes: list[int]
    children: list[_Draft]
    first: int
    last: int
    node_count: int = 0
    unmapped: int = 0


def build_tree(picture: Picture) -> Tree:
    """Group the nodes of a picture by module, leaving out modules without nodes and layers that are one node."""
    drafts = _drafts(picture)
    groups: dict[str, Group] = {}
    home: dict[str, str] = {}
    of_module: dict[str, str] = {}
    items: dict[str, tuple[str, ...]] = {}

    def add(draft: _Draft, parent: str | None) -> str:
        module = draft.module
        own = group_id(module.path)
        of_module[module.path] = own
        children: list[str] = []
        for run in _runs(draft, picture.nodes):
            if len(run) == 1:
                children.append(add(run[0], own))
            else:
                children.append(add_fold(run, own))
        for place in draft.nodes:
            home[picture.nodes[place].id] = own
        placed = [(place, picture.nodes[place].id) for place in draft.nodes]
        placed += [(groups[child].first, child) for child in children]
        items[own] = tuple(item for _, item in sorted(placed))
        groups[own] = Group(
            own,
            parent,
            module.path,
            module.class_name,
            (module.path,),
            tuple(children),
            tuple(picture.nodes[place].id for place in draft.nodes),
            draft.node_count,
            draft.unmapped,
            module.parameters,
            draft.first,
            draft.last,
        )
        return own

    def add_fold(run: list[_Draft], parent: str) -> str:
        first, last = run[0].module, run[-1].module
        own = f"{group_id(first.path)}*{len(run)}"
        items[own] = tuple(add(draft, own) for draft in run)
        groups[own] = Group(
            own,
            parent,
            f"{first.path}–{last.name}",
            first.class_name,
            tuple(draft.module.path for draft in run),
            items[own],
            (),
            sum(draft.node_count for draft in run),
            sum(draft.unmapped for draft in run),
            sum(draft.module.parameters for draft in run),
            run[0].first,
            run[-1].last,
        )
        return own

    add(drafts, None)
    return Tree(MappingProxyType(groups), MappingProxyType(home), MappingProxyType(of_module), MappingProxyType(items))


def _drafts(picture: Picture) -> _Draft:
    """The modules with their nodes; a layer of one node is that node and no group."""
    roots = [module for module in picture.modules if module.parent is None]
    if not roots:
        raise ValueError("picture: no root module")
    drafts = {module.path: _Draft(module, [], [], len(picture.nodes), -1) for module in picture.modules}
    for place, node in enumerate(picture.nodes):
        drafts[node.module].nodes.append(place)
    for module in sorted(picture.modules, key=lambda module: module.path.count("."), reverse=True):
        if module.parent is not None:
            drafts[module.parent].children.append(drafts[module.path])
    root = drafts[roots[0].path]
    for draft in _inside_out(root):
        _settle(draft, picture.nodes)
    return root


def _inside_out(root: _Draft) -> list[_Draft]:
    found = [root]
    for draft in found:
        found.extend(draft.children)
    return found[::-1]


def _settle(draft: _Draft, nodes: tuple[Node, ...]) -> None:
    kept = []
    for child in draft.children:
        if child.node_count == 0:
            continue
        if child.module.kind == "layer" and child.node_count == 1 and not child.children:
            draft.nodes.append(child.nodes[0])
        else:
            kept.append(child)
    draft.nodes.sort()
    draft.children = sorted(kept, key=lambda child: child.first)
    places = [*draft.nodes, *(child.first for child in kept), *(child.last for child in kept)]
    if places:
        draft.first, draft.last = min(places), max(places)
    draft.node_count = len(draft.nodes) + sum(child.node_count for child in kept)
    lost = sum(nodes[place].unmapped is not None for place in draft.nodes)
    draft.unmapped = lost + sum(child.unmapped for child in kept)


def _runs(draft: _Draft, nodes: tuple[Node, ...]) -> list[list[_Draft]]:
    """The children in runs of equal structure that nothing of the parent stands between."""
    runs: list[list[_Draft]] = []
    for child in draft.children:
        last = runs[-1][-1] if runs else None
        if (
            last is not None
            and child.module.structure
            and child.module.structure == last.module.structure
            and child.module.class_name == last.module.class_name
            and last.last < child.first
            and not _between(draft.nodes, last.last, child.first)
        ):
            runs[-1].append(child)
        else:
            runs.append([child])
    return runs


def _between(places: list[int], low: int, high: int) -> bool:
    """Whether a node of the parent runs between two of its modules: folding them would then make a cycle."""
    at = bisect_right(places, low)
    return at < len(places) and places[at] < high
