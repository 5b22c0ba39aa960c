"""Asking for files and folders; tests and the demonstration answer in place of a person."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from studio.translation import tr

SOURCES = "Python and projects (*.py *.pivot *.ipynb);;All files (*)"
CHECKPOINTS = "Checkpoints (*.pt *.pth *.safetensors *.h5 *.keras);;All files (*)"


PICTURES = (
    "SVG (*.svg);;PNG (*.png);;PDF (*.pdf);;DOT (*.dot *.gv);;"
    "PDF laid out by Graphviz (*.gv.pdf);;SVG laid out by Graphviz (*.gv.svg)"
)


class Chooser:
    """The dialogs of the system; None means that a person gave up."""

    def source(self, parent: QWidget, start: Path) -> Path | None:
        return _path(QFileDialog.getOpenFileName(parent, tr("Open"), str(start), tr(SOURCES))[0])

    def project(self, parent: QWidget, start: Path) -> Path | None:
        name = QFileDialog.getSaveFileName(parent, tr("Save Project"), str(start), tr("Projects (*.pivot)"))[0]
        path = _path(name)
        return path if path is None or path.suffix else path.with_suffix(".pivot")

    def python(self, parent: QWidget, start: Path) -> Path | None:
        path = _path(QFileDialog.getSaveFileName(parent, tr("Save Source"), str(start), tr("Python (*.py)"))[0])
        return path if path is None or path.suffix else path.with_suffix(".py")

    def folder(self, parent: QWidget, start: Path) -> Path | None:
        return _path(QFileDialog.getExistingDirectory(parent, tr("Export to a folder"), str(start)))

    def picture(self, parent: QWidget, start: Path) -> Path | None:
        name, kind = QFileDialog.getSaveFileName(parent, tr("Save Graph"), str(start), tr(PICTURES))
        path = _path(name)
        if path is None or path.suffix:
            return path
        ending = kind.rpartition("*")[2].rstrip(")")
        return path.with_name(path.name + ending)

    def checkpoint(self, parent: QWidget, start: Path) -> Path | None:
        return _path(QFileDialog.getOpenFileName(parent, tr("Weights to convert"), str(start), tr(CHECKPOINTS))[0])

    def weights(self, parent: QWidget, start: Path) -> Path | None:
        return _path(QFileDialog.getSaveFileName(parent, tr("Save converted weights"), str(start))[0])


def _path(name: str) -> Path | None:
    return Path(name) if name else None
