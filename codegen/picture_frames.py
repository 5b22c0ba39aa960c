"""The frames of a picture: through which calls of the program each node and module was met, outermost first."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from codegen.places import Places, Span
from pivot.network import Network
from pivot.reading.frames import Frame
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Visit


class FrameRecords:
    """Numbers the frames that are asked for. Frames of both modes that stand for the same call are one."""

    def __init__(self, network: Network, places: Places) -> None:
        self.places = places
        self.records: list[dict[str, object]] = []
        self._numbers: dict[str, int] = {}
        self._turns = self._turns_of(network)

    def number(self, frame: Frame | None) -> int | None:
        """The place of a frame in `records`; None for what no frame made."""
        if frame is None:
            return None
        if frame.key in self._numbers:
            return self._numbers[frame.key]
        above = [at for at in frame.chain() if at.key not in self._numbers]
        for at in reversed(above):  # from the outermost on, so that a parent has its number before its children
            if at.key not in self._numbers:
                self._numbers[at.key] = len(self.records)
                self.records.append(self._record(at))
        return self._numbers[frame.key]

    def turn(self, thing: object) -> int:
        """How often the site of a node or module had been met in its frame before."""
        return self._turns.get(id(thing), 0)

    def _record(self, frame: Frame) -> dict[str, object]:
        function, owner = frame.function, frame.owner
        receiver = frame.receiver.hint if frame.receiver is not None else None
        node = function.node if function is not None else None
        parent = frame.parent
        while parent is not None and parent.key == frame.key:  # a comprehension has a scope of its own in one call
            parent = parent.parent
        return {
            "parent": self._numbers[parent.key] if parent is not None else None,
            "site": self.places.span(parent.file, frame.site) if parent is not None else None,
            "turn": _turn(frame.key),
            "name": function.name if function is not None else "",
            "class": owner.name if owner is not None else "",
            "definition": _whole(self.places, frame.file, node),
            "receiver": receiver.path if isinstance(receiver, ModuleObject) else None,
        }

    @staticmethod
    def _turns_of(network: Network) -> dict[int, int]:
        """Per node and module, how many stand before it at the same site of the same frame."""
        met: dict[tuple[str, int], int] = {}
        turns: dict[int, int] = {}
        things: Iterable[tuple[object, Frame | None, ast.AST | None]] = (
            *((node, node.frame, node.site) for node in network.nodes),
            *((visit.module, visit.frame, visit.node) for visit in _made(network)),
        )
        for thing, frame, site in things:
            if frame is not None and site is not None:
                key = (frame.key, id(site))
                turns.setdefault(id(thing), met.get(key, 0))
                met[key] = met.get(key, 0) + 1
        return turns


def _made(network: Network) -> list[Visit]:
    """The constructions of library layers and containers, in the order they were met."""
    visits = [visit for found in network.trace.visits.values() for visit in found if not visit.speculative]
    made = [visit for visit in visits if visit.kind in ("layer", "container", "class") and visit.module is not None]
    return sorted(made, key=lambda visit: visit.serial)


def _turn(key: str) -> int:
    """`.../247.12#1:__init__` -> 1."""
    last = key.rpartition("/")[2]
    number = last.rpartition("#")[2].partition(":")[0] if "#" in last else ""
    return int(number) if number.isdigit() else 0


def _whole(places: Places, file: str, node: ast.AST | None) -> Span | None:
    return places.span(file, node) if node is not None else None
