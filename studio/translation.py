"""Texts for people, where no QObject is at hand to translate them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def tr(text: str) -> str:
    """The text in the language of the application; what stands in braces is filled in afterwards."""
    return QCoreApplication.translate("studio", text)
