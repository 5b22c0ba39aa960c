"""Names under which positions are kept: they outlive an edit, as the ids of nodes do not. No Qt here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from studio.layout.arrange import Point
from studio.layout.compose import Moved
from studio.layout.tree import Tree
from studio.layout.visible import input_id, output_id
from studio.picture import Picture

Positions = Mapping[str, Mapping[str, Point]]
"""Per group, by lasting names, the offsets across and along the flow."""


class LastingNames:
    """The lasting name of every item of a picture: of a node its path, counted where several live there."""

    def __init__(self, picture: Picture, tree: Tree) -> None:
        self.of: dict[str, str] = {}
        for item, name in _named(picture, tree):
            self.of[item] = name
        self.item_of = {name: item for item, name in self.of.items()}

    def moved(self, positions: Positions) -> Moved:
        """Positions by the items of the picture; names that it has no more are left out."""
        found = {
            group: MappingProxyType({self.item_of[name]: at for name, at in placed.items() if name in self.item_of})
            for group, placed in positions.items()
        }
        return MappingProxyType({group: placed for group, placed in found.items() if placed})


def changed(before: Positions, after: Positions) -> set[str]:
    """The names of what is elsewhere now."""
    found: set[str] = set()
    for group in {*before, *after}:
        one, other = before.get(group, {}), after.get(group, {})
        found.update(name for name in {*one, *other} if one.get(name) != other.get(name))
    return found


def _named(picture: Picture, tree: Tree) -> Iterator[tuple[str, str]]:
    for group in tree.groups:
        yield group, group
    met: dict[str, int] = {}
    for node in picture.nodes:
        count = met[node.path] = met.get(node.path, 0) + 1
        yield node.id, node.path if count == 1 else f"{node.path}#{count}"
    for terminal in picture.inputs:
        yield input_id(terminal.id), f">{terminal.name}"
    for number, terminal in enumerate(picture.outputs):
        yield output_id(terminal.id), f"<{terminal.name}#{number}"
