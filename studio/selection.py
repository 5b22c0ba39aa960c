"""The selection: one value that graph, tree, source, target, problems and verification all show. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass

from studio.picture import Span


@dataclass(frozen=True, slots=True)
class Selection:
    """What is selected, in the words of each view. `origin` names who chose it ("source", "target", "graph", ...).

    `place` is set where a person chose a place that may belong to no node, such as the line of a problem; views of
    text scroll to it. `source` and `target` are spans of the texts the results were made from.
    """

    nodes: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    source: tuple[Span, ...] = ()
    target: tuple[Span, ...] = ()
    place: Span | None = None
    origin: str = ""

    def __bool__(self) -> bool:
        return bool(self.nodes or self.modules or self.source or self.target or self.place)


NOTHING = Selection()
