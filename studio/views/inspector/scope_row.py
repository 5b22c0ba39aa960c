"""How far edits reach: one of four scopes, each with the number of nodes it would change."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from studio.editing.editor import Editor, scopes
from studio.editing.scope import Scope

_NAME = Qt.ItemDataRole.UserRole


class ScopeRow(QWidget):
    """Chooses the scope of the editor, which all views share."""

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self._editor = editor
        self.box = QComboBox()
        self.box.setAccessibleName(self.tr("Edits apply to"))
        self.box.setToolTip(self.tr("What an edit of this node changes, and how many nodes that are"))
        # The longest scope does not make the panel wider: the list that drops down shows it whole.
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(10)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        for scope in scopes():
            self.box.addItem(editor.title(scope), scope)
        self.box.activated.connect(lambda at: editor.set_scope(self.box.itemData(at)))
        editor.scope_changed.connect(self._mark)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.count)
        self._mark()
        self.refresh()

    def refresh(self) -> None:
        """Count again once all else is shown."""
        self._later.start()

    def count(self) -> None:
        """Say of each scope how many nodes it would change."""
        counts = self._editor.counts()
        for at in range(self.box.count()):
            scope: Scope = self.box.itemData(at)
            text = self._editor.title(scope)
            self.box.setItemText(at, f"{text}  ·  {counts[scope]}" if scope in counts else text)
        self._mark()

    def _mark(self) -> None:
        self.box.setCurrentIndex(self.box.findData(self._editor.scope, _NAME))
