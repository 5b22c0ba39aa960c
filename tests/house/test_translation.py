"""Every text that a person reads in the window goes through `tr()`: found by syntax, not by reading."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_WINDOW = {"cli.py", "commands"}  # what a terminal shows
FILES = sorted(path for path in (ROOT / "studio").rglob("*.py") if not NO_WINDOW & {*path.parts})
SHOWN = {
    "label", "link", "badge", "set_badge", "say", "_say", "tell", "refused", "announce",
    "setText", "setToolTip", "setStatusTip", "setPlaceholderText", "setAccessibleName", "setAccessibleDescription",
    "setWindowTitle", "setTitle", "setInformativeText", "setItemText", "setTabText", "setTabToolTip",
    "setSpecialValueText", "section", "add", "head", "CodeLabel",
    "QPushButton", "QLabel", "QCheckBox", "QRadioButton", "QToolButton", "QAction", "QGroupBox", "QDockWidget",
    "addAction", "addTab", "addItem", "addRow", "addMenu", "addToolBar", "showText", "Entry", "TourStep",
}  # fmt: skip
"""Calls whose texts are read by a person."""
TRANSLATED = {"tr", "translate"}
NAMES = {
    "", "small", "title", "code", "muted", "section", "dock-title", "display", "key", "plain", "info", "success",
    "warning", "danger",
}  # fmt: skip
"""Words of the style sheet that stand beside a text."""
EXCEPTIONS = {
    "PyTorch", "Keras 3", "float64", "float32", "[*] — Pivot Studio", "Ctrl+", "a = square(x)",
}  # fmt: skip
"""What is the same in every language."""


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of what is shown and not translated."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in SHOWN:
            for argument in node.args:
                yield from plain(argument)


def name_of(call: ast.Call) -> str:
    return (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else ""
    )


def plain(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The texts of an expression that do not come out of `tr()`."""
    match node:
        case ast.Constant(value=str() as text):
            if is_words(text):
                yield node.lineno, text
        case ast.JoinedStr(values=values):
            for value in values:
                if isinstance(value, ast.Constant):
                    yield from plain(value)
        case ast.IfExp(body=body, orelse=other):
            yield from plain(body)
            yield from plain(other)
        case ast.BinOp(left=left, right=right):
            yield from plain(left)
            yield from plain(right)
        case ast.BoolOp(values=values):
            for value in values:
                yield from plain(value)


def is_words(text: str) -> bool:
    """Is it something to read, and neither a sign nor a word of the style sheet?"""
    said = text.strip()
    return any(letter.isalpha() for letter in said) and said not in NAMES | EXCEPTIONS


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_texts_are_translated(path: Path) -> None:
    found = list(texts(ast.parse(path.read_text(encoding="utf-8"))))
    assert not found, "\n".join(f"{path.relative_to(ROOT)}:{line}: {text!r}" for line, text in found)
