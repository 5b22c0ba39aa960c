"""A module that was printed before: the lines of functions that stand unchanged in the next one are taken over."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NOTES = frozenset(
    (
        *("after", "before", "behind", "blank", "def_before", "elif_", "else_behind", "else_tail", "exploded"),
        *("finally_behind", "finally_tail", "inside", "parens", "source_parts", "source_text", "tail"),
    )
)
"""What hangs on nodes and is printed, or decides how they are: all that this package asks nodes for."""
PLACE = "col_offset"  # the lines of a docstring move with it
UNSEEN = frozenset(("ctx", "type_comment"))
"""Fields that are not printed."""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

Place = tuple[int, int]
Name = tuple[str, ...]
_SEEN: dict[type[ast.AST], tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Piece:
    """A function that was printed: its lines and nodes, as ranges, what stood above it, and where its code ends."""

    node: ast.AST
    depth: int
    above: int
    lines: tuple[int, int]
    nodes: tuple[int, int]
    end: Place


@dataclass(frozen=True, slots=True)
class Known:
    """A function as it was printed, without its nodes, which an edit may change: their numbers with their places.

    Lines of places count from the first of the function.
    """

    said: Sequence[object]
    depth: int
    above: int
    lines: Sequence[str]
    places: Sequence[tuple[int, Place, Place | None]]
    end: Place
    width: int


@dataclass(frozen=True, slots=True, eq=False)
class Printed:
    """The lines of a module, where its nodes stand in them, by identity, and its functions by their full names."""

    lines: Sequence[str]
    nodes: Sequence[ast.AST]
    starts: Mapping[int, Place]
    ends: Mapping[int, Place]
    pieces: Mapping[Name, Piece]
    width: int

    @property
    def text(self) -> str:
        """The text, ending in a newline unless it is empty."""
        lines = list(self.lines)
        while lines and not lines[-1]:
            lines.pop()
        return "\n".join(lines) + "\n" if lines else ""

    def known(self) -> dict[Name, Known]:
        """Its functions, for the next module that is much like it."""
        return {name: self._known(piece) for name, piece in self.pieces.items()}

    def _known(self, piece: Piece) -> Known:
        said, nodes = spoken(piece.node)
        numbers = {id(node): number for number, node in enumerate(nodes)}
        first = piece.lines[0]

        def within(place: Place | None) -> Place | None:
            return None if place is None else (place[0] - first, place[1])

        places = [
            (numbers[id(node)], (self.starts[id(node)][0] - first, self.starts[id(node)][1]), within(end))
            for node in self.nodes[slice(*piece.nodes)]
            for end in (self.ends.get(id(node)),)
        ]
        lines, (line, column) = self.lines[slice(*piece.lines)], piece.end
        return Known(said, piece.depth, piece.above, lines, places, (line - first, column), self.width)


def spoken(root: ast.AST) -> tuple[list[object], list[ast.AST]]:
    """All of a tree that is printed or decides how it is, in plain values; and its nodes, each at its first place."""
    said: list[object] = []
    nodes: list[ast.AST] = []
    met: dict[int, int] = {}
    work: list[object] = [root]
    while work:
        item = work.pop()
        kind = item.__class__
        said.append(kind)
        if isinstance(item, ast.AST):
            number = met.setdefault(id(item), len(nodes))
            said.append(number)
            if number < len(nodes):
                continue  # one node at two places
            nodes.append(item)
            held = item.__dict__
            for name in _SEEN.get(item.__class__) or _seen(item.__class__):
                if name in held:
                    said.append(name)
                    work.append(held[name])
        elif kind is list or kind is tuple:
            assert isinstance(item, (list, tuple))
            said.append(len(item))
            work += item
        else:
            said.append(repr(item) if kind is float or kind is complex else item)
    return said, nodes


def _seen(kind: type[ast.AST]) -> tuple[str, ...]:
    """The names under which a kind of node holds what is printed."""
    place = (PLACE,) if kind is ast.Constant else ()
    found = _SEEN[kind] = (*(name for name in kind._fields if name not in UNSEEN), *sorted(NOTES), *place)
    return found
