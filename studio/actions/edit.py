"""Commands that change the project, and search."""

from __future__ import annotations

from studio.actions.action import Action, Menu, always, opened
from studio.document import Document
from studio.translation import tr


def _undo(document: Document) -> str:
    return tr("Undo {0}").format(document.undo_label) if document.undo_label else tr("Undo")


def _redo(document: Document) -> str:
    return tr("Redo {0}").format(document.redo_label) if document.redo_label else tr("Redo")


def _edited(document: Document) -> bool:
    return document.project is not None and bool(document.project.texts)


def _unmapped(document: Document) -> bool:
    picture = document.results.picture if document.results else None
    return picture is not None and bool(picture.unmapped)


def _mappable(document: Document) -> bool:
    picture = document.results.picture if document.results else None
    return picture is not None and any(node.call is not None for node in picture.nodes)


MENU = Menu(
    "&Edit",
    20,
    (
        Action(
            "edit.undo",
            "Undo",
            "history",
            lambda desk: desk.document.undo(),
            ("Ctrl+Z",),
            "undo",
            lambda document: document.undo_label is not None,
            _undo,
            toolbar=20,
        ),
        Action(
            "edit.redo",
            "Redo",
            "history",
            lambda desk: desk.document.redo(),
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            "redo",
            lambda document: document.redo_label is not None,
            _redo,
            toolbar=21,
        ),
        Action(
            "edit.discard", "Discard Edits of the Source", "history", lambda desk: desk.discard_edits(), enabled=_edited
        ),
        Action(
            "edit.map",
            "Map Unmapped Call …",
            "map",
            lambda desk: desk.map_node(),
            ("Ctrl+M",),
            "warning",
            _mappable,
            tip="Say what a call that nothing reads means",
        ),
        Action(
            "edit.next_unmapped",
            "Next Unmapped Node",
            "map",
            lambda desk: desk.walk_unmapped(1),
            ("F8",),
            enabled=_unmapped,
            tip="Select the next node that nothing reads",
        ),
        Action(
            "edit.previous_unmapped",
            "Previous Unmapped Node",
            "map",
            lambda desk: desk.walk_unmapped(-1),
            ("Shift+F8",),
            enabled=_unmapped,
            tip="Select the node before that nothing reads",
        ),
        Action("edit.find", "Find …", "find", lambda desk: desk.find_text(), ("Ctrl+F",), "search", opened),
        Action(
            "edit.search",
            "Search in Graph …",
            "find",
            lambda desk: desk.search_graph(),
            ("Ctrl+Shift+F",),
            "search",
            opened,
            tip="Find a node of the graph",
        ),
        Action(
            "edit.commands",
            "Command Palette …",
            "find",
            lambda desk: desk.show_commands(),
            ("Ctrl+Shift+P",),
            "command",
            always,
            toolbar=41,
            tip="Find any command by its name",
        ),
    ),
)
