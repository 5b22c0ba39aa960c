"""Commands that edit the network: each changes the program, in the scope that is chosen, as one undo step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from studio.actions.action import Action, Desk, Menu, nothing, opened
from studio.document import Document
from studio.editing.editor import scopes
from studio.editing.scope import Scope


def _selected(document: Document) -> bool:
    """A command for nodes or blocks of a network that is there."""
    return document.results is not None and bool(document.selection.nodes or document.selection.modules)


def _node(document: Document) -> bool:
    return document.results is not None and bool(document.selection.nodes)


def _block(document: Document) -> bool:
    return document.results is not None and bool(document.selection.modules)


def _scopes(desk: Desk) -> tuple[Action, ...]:
    editor = desk.editing.editor
    counts = editor.counts()
    return tuple(
        Action(
            f"network.scope.{scope}",
            f"{'● ' if scope == editor.scope else '    '}{editor.title(scope)}"
            + (f"  ·  {counts[scope]}" if counts else ""),
            "scope",
            partial(_choose, scope),
        )
        for scope in scopes()
    )


def _choose(scope: Scope, desk: Desk) -> None:
    desk.editing.editor.set_scope(scope)


def _editing(name: str, desk: Desk) -> None:
    getattr(desk.editing, name)()


def _action(
    name: str, title: str, group: str, keys: tuple[str, ...], enabled: Callable[[Document], bool], tip: str
) -> Action:
    return Action(f"network.{name}", title, group, partial(_editing, name), keys, enabled=enabled, tip=tip)


MENU = Menu(
    "&Network",
    25,
    (
        _action("append", "Insert Operation Behind …", "insert", ("Ins",), _node, "Put an op behind the selected node"),
        _action("replace", "Replace Operation …", "insert", ("Ctrl+R",), _node, "Another op in the place of this one"),
        _action("lead_input", "Take Input From …", "insert", ("Ctrl+I",), _node, "Lead another tensor to this node"),
        _action("add_input", "Add Input …", "insert", (), opened, "One more input of the network"),
        _action("add_output", "Give Out", "insert", (), _node, "What the selected node gives is an output too"),
        _action("delete", "Delete", "change", ("Del",), _selected, "Take it away; what it took goes on"),
        _action("duplicate", "Duplicate", "change", ("Ctrl+D",), _selected, "The same once more, with own weights"),
        _action("rename", "Rename …", "change", ("F2",), _selected, "Another name for the layer or block"),
        _action("rename_class", "Rename Class …", "change", ("Shift+F2",), _block, "Another name for the class"),
        _action("group", "Group into Block …", "block", ("Ctrl+G",), _selected, "Make one block of what is selected"),
        _action("ungroup", "Ungroup", "block", ("Ctrl+Shift+G",), _block, "Put what is in the block in its place"),
        _action("copy", "Copy", "clip", ("Ctrl+C",), _selected, "Copy the selected nodes and blocks, for any window"),
        _action("paste", "Paste Behind", "clip", ("Ctrl+V",), _selected, "Put what was copied behind the selected one"),
        Action("network.scope", "Edits Apply To", "scope", nothing, enabled=opened, children=_scopes),
    ),
)
