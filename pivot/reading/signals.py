"""Ways in which running statements ends early."""

from __future__ import annotations

import ast

from pivot.reading.frames import Frame
from pivot.reading.values import Value


class Raised(Exception):
    """The program itself raises on this configuration."""

    def __init__(self, value: Value, node: ast.AST, frame: Frame) -> None:
        super().__init__(str(value.hint))
        self.value = value
        self.node = node
        self.frame = frame


class Return(Exception):
    """A `return` statement was reached."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class Break(Exception):
    """A `break` statement was reached."""


class Continue(Exception):
    """A `continue` statement was reached."""


class Restate(Exception):
    """No form reads a library module as it is used here, but there is a restatement of it: read the program again."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
