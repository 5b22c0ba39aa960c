"""Commands that start work, and end it."""

from __future__ import annotations

from functools import partial

from studio.actions.action import Action, Desk, Menu, converted, opened
from studio.document import Document
from studio.frameworks import WRITTEN, framework_title


def _is_other(target: str, document: Document) -> bool:
    return document.project is not None and document.project.target != target


def _write(target: str, desk: Desk) -> None:
    desk.write_in(target)


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
        *(
            Action(
                f"run.to_{name}",
                f"Write {framework_title(name)}",
                "target",
                partial(_write, name),
                enabled=partial(_is_other, name),
                tip="Write the program in this framework",
            )
            for name in WRITTEN
        ),
        Action(
            "run.accept",
            "Accept Changed Lines",
            "target",
            lambda desk: desk.document.accept_target(),
            ("Ctrl+Shift+A",),
            "check",
            lambda document: bool(document.changed_target_lines),
            tip="The changed lines of the target were looked at: later ones are marked anew",
        ),
        Action(
            "run.difference",
            "Difference from Last Export",
            "target",
            lambda desk: desk.compare_target(),
            ("Ctrl+Shift+D",),
            "report",
            converted,
            tip="Show what would be exported beside what was exported last",
        ),
        Action(
            "run.copy_target",
            "Copy Target",
            "target",
            lambda desk: desk.copy_target(),
            ("Ctrl+Shift+C",),
            "copy",
            converted,
            tip="The whole text of the target, for the clipboard",
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
