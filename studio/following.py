"""What was selected, found again in the picture of an edited program; and what that has anew. No Qt here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TypeVar

from pivot.rebase import Rebase
from studio.picture import Module, Node, Picture, Span

_Key = tuple[Span | None, ...]
_One = TypeVar("_One", Node, Module)
NOWHERE = Span("", 0, 0, 0, 0)


class Followed:
    """Names of nodes count them, and those in a list of layers too: what is put before moves all that follow.

    So a node is the one that is called and made at the places where it was, wherever the edit moved them: the one of
    the same path, or of several at the same places in their order. Where its text was written anew, the path tells.
    """

    def __init__(self, old: Picture, new: Picture) -> None:
        self._old, self._new = old, new
        self._rebases: dict[str, Rebase | None] = {}

    def nodes(self, chosen: Iterable[str]) -> tuple[str, ...]:
        """The same nodes in the new picture; those that are no more are left out."""
        return tuple(dict.fromkeys(self._nodes[name] for name in chosen if name in self._nodes))

    def modules(self, chosen: Iterable[str]) -> tuple[str, ...]:
        """The same modules in the new picture, by their paths."""
        return tuple(dict.fromkeys(self._modules[path] for path in chosen if path in self._modules))

    def fresh(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Nodes and modules that were not there: the outermost blocks, or nodes where there are no such."""
        known = set(self._modules.values())
        blocks = [one.path for one in self._new.modules if one.kind != "layer" and one.path not in known]
        outer = tuple(path for path in blocks if not any(path.startswith(f"{other}.") for other in blocks))
        kept = set(self._nodes.values())
        return (() if outer else tuple(node.id for node in self._new.nodes if node.id not in kept)), outer

    @cached_property
    def _nodes(self) -> dict[str, str]:
        old, new = self._old.nodes, self._new.nodes
        if [(node.path, node.op) for node in old] == [(node.path, node.op) for node in new]:
            return {one.id: other.id for one, other in zip(old, new, strict=True)}  # as after most edits
        return self._matched(
            self._old.nodes, self._new.nodes, lambda node: (node.site, node.made_at), lambda node: node.id
        )

    @cached_property
    def _modules(self) -> dict[str, str]:
        paths = [module.path for module in self._old.modules]
        if paths == [module.path for module in self._new.modules] and list(self._nodes) == list(self._nodes.values()):
            return dict(zip(paths, paths, strict=True))
        return self._matched(
            self._old.modules, self._new.modules, lambda module: (module.made_at,), lambda module: module.path
        )

    def _matched(
        self, old: Sequence[_One], new: Sequence[_One], key: Callable[[_One], _Key], name: Callable[[_One], str]
    ) -> dict[str, str]:
        moved = {places: self._moved(places) for places in dict.fromkeys(map(key, old))}
        found: dict[str, str] = {}
        left, free = list(old), list(new)
        here: Sequence[Callable[[_One], object]] = (
            lambda one: (one.path, moved[key(one)]),
            lambda one: moved[key(one)],
            lambda one: one.path,
        )
        there: Sequence[Callable[[_One], object]] = (lambda one: (one.path, key(one)), key, lambda one: one.path)
        for mine, other in zip(here, there, strict=True):
            rooms: dict[object, list[_One]] = {}
            for one in reversed(free):
                rooms.setdefault(other(one), []).append(one)
            for one in left:
                room = rooms.get(mine(one))
                if room:
                    found[name(one)] = name(room.pop())
            taken = set(found.values())
            left = [one for one in left if name(one) not in found]
            free = [one for one in free if name(one) not in taken]
        return found

    def _moved(self, places: _Key) -> _Key:
        return tuple(None if place is None else self._now(place) for place in places) if any(places) else (NOWHERE,)

    def _now(self, span: Span) -> Span | None:
        """Where a place of the old text stands in the new one; what nobody can say meets no place."""
        if span.file not in self._rebases:
            before, after = (picture.source.files.get(span.file) for picture in (self._old, self._new))
            self._rebases[span.file] = Rebase(before, after) if before is not None and after is not None else None
        rebase = self._rebases[span.file]
        place = rebase.place(span) if rebase is not None else None
        if place is None:
            return NOWHERE
        return Span(span.file, place.line, place.column, place.end_line, place.end_column)
