"""Commands that change what is seen, and nothing else."""

from __future__ import annotations

from studio.actions.action import Action, Menu, always, converted

MENU = Menu(
    "&View",
    40,
    (
        Action(
            "view.fit",
            "Fit Graph",
            "graph",
            lambda desk: desk.graph_command("fit"),
            ("Ctrl+0",),
            "fit",
            converted,
        ),
        Action(
            "view.orientation",
            "Turn Graph",
            "graph",
            lambda desk: desk.graph_command("orientation"),
            ("Ctrl+Shift+O",),
            "orientation",
            converted,
            tip="Lay the graph out from top to bottom, or from left to right",
        ),
        Action(
            "view.open_all",
            "Open All Groups",
            "graph",
            lambda desk: desk.graph_command("open"),
            ("Ctrl+]",),
            "expand",
            converted,
        ),
        Action(
            "view.close_all",
            "Close All Groups",
            "graph",
            lambda desk: desk.graph_command("close"),
            ("Ctrl+[",),
            "collapse",
            converted,
        ),
        Action(
            "view.theme",
            "Light or Dark",
            "look",
            lambda desk: desk.toggle_theme(),
            ("Ctrl+Shift+L",),
            "theme",
            always,
            toolbar=44,
            tip="Switch between the light and the dark theme",
        ),
        Action("view.larger", "Larger Program Text", "look", lambda desk: desk.zoom_text(1), ("Ctrl+=", "Ctrl++")),
        Action("view.smaller", "Smaller Program Text", "look", lambda desk: desk.zoom_text(-1), ("Ctrl+-",)),
        Action("view.reset", "Reset Panels", "panels", lambda desk: desk.reset_panels(), icon="panels"),
    ),
)
