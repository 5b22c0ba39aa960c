"""Commands that start work, and end it."""

from __future__ import annotations

from studio.actions.action import Action, Menu, converted, opened

MENU = Menu(
    "&Run",
    30,
    (
        Action(
            "run.convert",
            "Convert",
            "run",
            lambda desk: desk.convert(),
            ("Ctrl+Return",),
            "convert",
            opened,
            toolbar=30,
            tip="Write the target program",
        ),
        Action(
            "run.verify",
            "Verify",
            "run",
            lambda desk: desk.verify(),
            ("Ctrl+Shift+Return",),
            "verify",
            opened,
            toolbar=31,
            tip="Prove that source and target compute the same",
        ),
        Action(
            "run.cancel",
            "Cancel",
            "run",
            lambda desk: desk.cancel(),
            ("Ctrl+.",),
            "cancel",
            lambda document: bool(document.jobs),
            tip="End what is running",
        ),
        Action(
            "run.weights",
            "Convert Weights …",
            "more",
            lambda desk: desk.carry_weights(),
            icon="weights",
            enabled=converted,
        ),
        Action(
            "run.report",
            "Show Report",
            "more",
            lambda desk: desk.show_report(),
            icon="report",
            enabled=lambda document: document.report is not None,
        ),
        Action(
            "run.report_page",
            "Open Report in Browser",
            "more",
            lambda desk: desk.open_report(),
            enabled=lambda document: document.report is not None,
        ),
    ),
)
