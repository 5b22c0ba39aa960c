"""What was moved by hand in the graph, as edits of the project."""

from __future__ import annotations

from collections.abc import Mapping

from pivot.edits import move_nodes, put_back
from pivot.project import Point
from studio.document import Document


def move(document: Document, moved: Mapping[str, Mapping[str, Point]], merge: str = "") -> None:
    """One undo step: items stand elsewhere; moves with the same key are one."""
    project = document.project
    if project is None:
        return
    names = [name for nodes in moved.values() for name in nodes]
    for group, nodes in moved.items():
        project = move_nodes(project, group, nodes)
    document.edit(f"move {_short(names[0])}" if len(names) == 1 else f"move {len(names)} nodes", project, merge or None)


def reset(document: Document) -> None:
    """One undo step: everything goes back to where the layout puts it."""
    if document.project is not None and document.project.positions:
        document.edit("reset positions", put_back(document.project))


def _short(name: str) -> str:
    return name.strip("/<>").partition("#")[0].rpartition(".")[2]
