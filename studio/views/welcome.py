"""The opening page: open, drop, recent files, examples, and work left behind by a crash."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from studio.examples import about, by_framework, example_title
from studio.icons import app_icon, icon, pixmap
from studio.theme import Theme
from studio.widgets.parts import clear, column, frame, label, row, set_style

_RECENT, _EXAMPLES = 6, 10


class WelcomeView(QWidget):
    """Knows names and paths; what to do with them is asked for by signals."""

    open_requested = Signal()
    new_requested = Signal()
    path_chosen = Signal(object)
    recovery_chosen = Signal(object, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        set_style(self, role="opening")
        mark = QLabel()
        mark.setPixmap(app_icon().pixmap(QSize(52, 52)))
        title = column(
            label(self.tr("Pivot Studio"), "display"),
            label(self.tr("Move neural networks between frameworks, and prove it."), "muted"),
            gap=1,
        )
        self._drop = frame("drop")
        self._drop.setMinimumHeight(150)
        self._symbol = QLabel()
        self._symbol.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._open = QPushButton(self.tr("Open a Python file …"))
        set_style(self._open, role="primary")
        self._open.clicked.connect(self.open_requested)
        self._new = QPushButton(self.tr("New network"))
        self._new.setToolTip(self.tr("Draw a network from nothing"))
        self._new.clicked.connect(self.new_requested)
        self._hint = label(self._invitation(), "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside = column(
            1, self._symbol, row(1, self._open, self._new, 1), self._hint, 1, gap=10, margins=(24, 20, 24, 20)
        )
        self._drop.setLayout(inside)
        self._recovered = QVBoxLayout()
        self._recent = QVBoxLayout()
        self._recent.setSpacing(1)
        self._examples = {"PyTorch": QVBoxLayout(), "Keras": QVBoxLayout()}
        titles = {"PyTorch": self.tr("EXAMPLES IN PYTORCH"), "Keras": self.tr("EXAMPLES IN KERAS")}
        self._sides = sides = {name: self._side(titles[name], layout) for name, layout in self._examples.items()}
        left = QWidget()
        left.setLayout(column(self._side(self.tr("RECENT"), self._recent), sides["Keras"], 1, gap=18))
        lists = row(left, sides["PyTorch"], gap=28)
        for at in (0, 1):
            lists.setStretch(at, 1)
        body = QWidget()
        body.setMaximumWidth(720)
        body.setMinimumWidth(560)
        body.setLayout(column(row(mark, title, 1, gap=16), self._recovered, self._drop, lists, gap=24))
        self.setLayout(row(1, column(2, body, 3), 1, margins=(32, 24, 32, 24)))
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._symbol.setPixmap(pixmap("project", theme.colors["accent"], 34))
        for button in self.findChildren(QPushButton):
            if button.property("drawing"):
                button.setIcon(icon(str(button.property("drawing")), theme))

    def show_lists(
        self, recent: Sequence[str], examples: Sequence[Path], recovered: Sequence[tuple[str, object]]
    ) -> None:
        """Fill the page; `recovered` holds a title and what to hand back when it is chosen."""
        for layout in (self._recent, *self._examples.values(), self._recovered):
            clear(layout)
        for name in recent[:_RECENT]:
            path = Path(name)
            self._recent.addWidget(self._entry(path, f"{path.name}", _short(path.parent), "recent"))
        if not recent:
            self._recent.addWidget(label(self.tr("Files you open are listed here."), "small"))
        found = by_framework(examples)
        for name, layout in self._examples.items():
            for path in found.get(name, ())[:_EXAMPLES]:
                layout.addWidget(self._entry(path, example_title(path), "", "file", about(path)))
            layout.addStretch(1)
            self._sides[name].setVisible(name in found)
        for title, item in recovered[:3]:
            self._recovered.addWidget(self._rescue(title, item))

    def set_drag(self, over: bool) -> None:
        """Show that a file is held over the window."""
        set_style(self._drop, state="over" if over else "")
        self._hint.setText(self.tr("let go to open it") if over else self._invitation())

    def _invitation(self) -> str:
        return self.tr("or drop a file here: .py, .ipynb or .pivot")

    def _side(self, title: str, layout: QVBoxLayout) -> QWidget:
        layout.setSpacing(1)
        side = QWidget()
        side.setLayout(column(label(title, "section"), frame("line"), layout, gap=6))
        return side

    def _entry(self, path: Path, title: str, where: str, picture: str, more: str = "") -> QPushButton:
        made = QPushButton(f"{title}    {where}" if where else title)
        set_style(made, role="row")
        made.setProperty("drawing", picture)
        made.setIcon(icon(picture, self._theme))
        made.setToolTip(more or str(path))
        made.setAccessibleDescription(more)
        made.setAccessibleName(self.tr("Open {0}").format(path.name))
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.clicked.connect(lambda: self.path_chosen.emit(path))
        return made

    def _rescue(self, title: str, item: object) -> QWidget:
        card = frame("card", "warning")
        back = QPushButton(self.tr("Take it up"))
        back.clicked.connect(lambda: self.recovery_chosen.emit(item, True))
        drop = QPushButton(self.tr("Discard"))
        drop.clicked.connect(lambda: self.recovery_chosen.emit(item, False))
        text = column(
            label(self.tr("Unsaved work on {0}").format(title)),
            label(self.tr("The last session ended before it was saved."), "small"),
            gap=1,
        )
        card.setLayout(row(text, 1, back, drop, gap=8, margins=(16, 12, 12, 12)))
        return card


def _short(path: Path) -> str:
    home = Path.home()
    text = f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
    return text if len(text) < 34 else f"… {text[-31:]}"
