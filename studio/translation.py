"""Texts for people, where no QObject is at hand to translate them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def tr(text: str) -> str:
    """The text in the language of the application; what stands in braces is filled in afterwards."""
    return QCoreApplication.translate("studio", text)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 node`, `12 nodes`, `1,234 nodes`; what is translated is "{0} node" and "{0} nodes"."""
    word = one if number == 1 else many or f"{one}s"
    return tr(f"{{0}} {word}").format(f"{number:,}")
