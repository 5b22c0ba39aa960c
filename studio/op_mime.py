"""How an op travels while it is dragged: its name under a type of our own."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

MIME = "application/x-pivot-op"


def op_data(name: str) -> QMimeData:
    """What a drag of an op carries; its name as text too, so that an editor can take it."""
    data = QMimeData()
    data.setData(MIME, name.encode("utf-8"))
    data.setText(name)
    return data


def op_of(data: QMimeData) -> str | None:
    """The name of the op that is dragged; None where something else is."""
    if not data.hasFormat(MIME):
        return None
    return bytes(data.data(MIME).data()).decode("utf-8", "replace") or None
