"""Commands about the application itself."""

from __future__ import annotations

from studio.actions.action import Action, Menu, converted

MENU = Menu(
    "&Help",
    50,
    (
        Action("help.shortcuts", "Keyboard Shortcuts", "help", lambda desk: desk.show_shortcuts(), ("F1",), "keyboard"),
        Action("help.tour", "Tour of the Window", "help", lambda desk: desk.show_tour(), enabled=converted),
        Action("help.about", "About Pivot Studio", "help", lambda desk: desk.show_about(), icon="info"),
    ),
)
