"""Sizes carried from turn to turn of a loop: `in_channels = 3` before it, `in_channels = filters` at its end."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codegen.writing.inferring import Inferred, Place
    from pivot.reading.elaborate import Elaborated


class Loops:
    """The loops of the program, and what they carry."""

    def __init__(self, done: Elaborated) -> None:
        self.before: dict[int, list[ast.stmt]] = {}
        self.behind: dict[int, list[ast.stmt]] = {}

    def carried(self, place: Place, texts: list[ast.expr | None], sizes: Inferred) -> ast.expr | None:
        """The name that carries a size, or None where no loop does."""
        return None
