"""Commands of files and projects."""

from __future__ import annotations

from pathlib import Path

from studio.actions.action import Action, Desk, Menu, always, converted, nothing, opened
from studio.document import Document
from studio.examples import by_framework, example_title


def _opener(path: Path, title: str, at: int, group: str) -> Action:
    return Action(f"{group}.{at}", title, group, lambda desk: _ignore(desk.open_path(path)), tip=str(path))


def _recent(desk: Desk) -> tuple[Action, ...]:
    paths = [Path(name) for name in desk.recent()]
    return tuple(_opener(path, f"{path.name} — {path.parent}", at, "file.recent") for at, path in enumerate(paths))


def _examples(desk: Desk) -> tuple[Action, ...]:
    groups = by_framework(desk.examples())
    titled = [(path, f"{name}: {example_title(path)}") for name, paths in groups.items() for path in paths]
    return tuple(_opener(path, title, at, "file.example") for at, (path, title) in enumerate(titled))


def _ignore(done: bool) -> None:
    """Whether it was saved or opened is told by the window itself."""


def _save_title(document: Document) -> str:
    return "Save Project" if document.path is not None else "Save Project …"


MENU = Menu(
    "&File",
    10,
    (
        Action(
            "file.new",
            "New Network",
            "open",
            lambda desk: _ignore(desk.new_network()),
            ("Ctrl+N",),
            tip="Draw a network from nothing",
        ),
        Action(
            "file.open",
            "Open …",
            "open",
            lambda desk: desk.ask_open(),
            ("Ctrl+O",),
            "open",
            always,
            toolbar=10,
            tip="Open a Python file or a saved project",
        ),
        Action("file.tab", "New Tab", "open", lambda desk: desk.ask_tabs("tab"), ("Ctrl+T",)),
        Action("file.window", "New Window", "open", lambda desk: desk.ask_tabs("window"), ("Ctrl+Shift+N",)),
        Action("file.recent", "Open Recent", "open", nothing, icon="recent", children=_recent),
        Action("file.examples", "Open Example", "open", nothing, icon="file", children=_examples),
        Action(
            "file.save",
            "Save Project",
            "save",
            lambda desk: _ignore(desk.save()),
            ("Ctrl+S",),
            "save",
            opened,
            _save_title,
            toolbar=11,
            tip="Save edits and decisions as a .pivot file",
        ),
        Action(
            "file.save_as",
            "Save Project As …",
            "save",
            lambda desk: _ignore(desk.save_as()),
            ("Ctrl+Shift+S",),
            enabled=opened,
        ),
        Action(
            "file.export",
            "Export Target …",
            "save",
            lambda desk: desk.export(),
            ("Ctrl+E",),
            "export",
            converted,
            toolbar=12,
            tip="Write the converted program and its reports to a folder",
        ),
        Action(
            "file.save_graph",
            "Save Graph as Picture …",
            "save",
            lambda desk: desk.save_graph(),
            ("Ctrl+Alt+E",),
            enabled=converted,
            tip="Write what is drawn as SVG, PNG, PDF or DOT",
        ),
        Action(
            "file.save_source",
            "Save Source As …",
            "save",
            lambda desk: _ignore(desk.editing.save_source()),
            enabled=opened,
            tip="Write the program with all edits; of a drawn network this is its PyTorch",
        ),
        Action("file.reload", "Read Files Again", "file", lambda desk: desk.reload(), ("F5",), "reload", opened),
        Action("file.close", "Close Project", "file", lambda desk: desk.close_project(), ("Ctrl+W",), enabled=opened),
        Action("file.close_tab", "Close Tab", "file", lambda desk: desk.close_tab(), ("Ctrl+Shift+W",)),
        Action("file.settings", "Settings …", "settings", lambda desk: desk.show_settings(), ("Ctrl+,",), "settings"),
        Action("file.quit", "Quit", "quit", lambda desk: desk.quit(), ("Ctrl+Q",), "quit"),
    ),
)
