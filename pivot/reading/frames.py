"""Scopes and frames: where names live, and which call is being evaluated."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pivot.reading.values import ClassObject, FunctionObject, Value


class Scope:
    """Names of one module, function or class body. Module names are evaluated when first asked for."""

    __slots__ = ("effects", "file", "function", "globals_declared", "lazy", "names", "package", "parent", "stars")

    def __init__(self, file: str, parent: Scope | None = None, function: FunctionObject | None = None) -> None:
        self.file = file
        self.parent = parent
        self.function = function
        self.names: dict[str, Value] = {}
        self.lazy: dict[str, list[ast.stmt]] = {}  # module level: the statements that bind a name
        self.effects: list[ast.stmt] = []  # module level: what may register something and was not evaluated
        self.package: tuple[str, ...] = ()
        self.stars: list[ast.ImportFrom] = []  # module level: `from ... import *`
        self.globals_declared: set[str] = set()

    @property
    def module(self) -> Scope:
        """The scope of the file."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


@dataclass(slots=True, eq=False, repr=False)
class Frame:
    """One evaluation of a definition: called from `site` in `parent`. `key` is the same in every mode."""

    function: FunctionObject | None
    scope: Scope
    file: str
    site: ast.AST | None = None
    parent: Frame | None = None
    receiver: Value | None = None
    owner: ClassObject | None = None
    key: str = ""
    depth: int = 0
    counts: dict[int, int] = field(default_factory=dict)
    yielded: list[Value] | None = None
    speculative: bool = False

    def chain(self) -> Iterator[Frame]:
        """This frame and those it was called from."""
        at: Frame | None = self
        while at is not None:
            yield at
            at = at.parent

    def occurrence(self, node: ast.AST) -> int:
        """How often this frame met a site before; counts it."""
        number = self.counts.get(id(node), 0)
        self.counts[id(node)] = number + 1
        return number


class Journal:
    """Undo log of the abstract heap: an arm that nobody took is evaluated, then taken back."""

    __slots__ = ("entries",)

    def __init__(self) -> None:
        self.entries: list[Callable[[], None]] = []

    def mark(self) -> int:
        """A place to roll back to."""
        return len(self.entries)

    def rollback(self, mark: int) -> None:
        """Undo everything since the mark, newest first."""
        while len(self.entries) > mark:
            self.entries.pop()()
