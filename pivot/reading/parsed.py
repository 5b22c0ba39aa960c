"""Parsed files, remembered by a process that reads the same files again and again: every reader gets its own tree."""

from __future__ import annotations

import ast
from collections import OrderedDict
from pathlib import Path
from typing import TypeVar

from pivot.reading.named_bases import Bases, bases_of
from pivot.reading.reparsing import reparsed
from pivot.reading.syntax import parse

MOST = 256
"""Files that are remembered; those of one large program, and of the libraries that are restated for it."""
SHARED = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)  # of which Python itself has one each
PLAIN = (int, str, bool, type(None))
AnyNode = TypeVar("AnyNode", bound=ast.AST)


class Parsed:
    """Trees by file and text. Whoever gets a tree may write notes on its nodes, so that it gets a copy."""

    def __init__(self) -> None:
        self.remembering = False
        self._trees: OrderedDict[tuple[str, str], ast.Module] = OrderedDict()
        self._asked: set[tuple[str, str]] = set()  # since the last time that copies were made ahead
        self._ready: dict[tuple[str, str], ast.Module] = {}  # copies that nobody has yet
        self._last: dict[str, tuple[str, str]] = {}  # what was asked for last under each name of a file
        self._bases: dict[tuple[str, str], Bases] = {}
        self._later: list[tuple[str, str]] = []  # texts whose trees were made in another way

    def remember(self) -> None:
        """From now on, keep what is parsed. A process that reads one program once is faster without."""
        self.remembering = True

    def tree(self, text: str, file: str) -> ast.Module:
        """The tree of a text, as `parse` gives it. Raises Refusal."""
        if not self.remembering:
            return parse(text, file)
        key = (file, text)
        tree = self._trees.get(key)
        given = self._ready.pop(key, None)
        if tree is None:
            tree, given = self._near(key) or (parse(text, file), None)
            self._trees[key] = tree
            while len(self._trees) > MOST:
                old, _ = self._trees.popitem(last=False)
                self._bases.pop(old, None)
        self._asked.add(key)
        self._last[Path(file).name] = key
        self._trees.move_to_end(key)
        return given or module_copy(tree)

    def later(self, text: str, file: str) -> None:
        """A text whose tree somebody has already: it is parsed ahead of the next edit of it, while nobody waits."""
        if self.remembering:
            self._later.append((text, file))

    def _near(self, key: tuple[str, str]) -> tuple[ast.Module, ast.Module | None] | None:
        """The tree of a text made of that of the text before, where one statement differs; and a copy of it, if there
        is one of the tree before. Raises Refusal.
        """
        file, text = key
        last = self._last.get(Path(file).name)
        known = self._trees.get(last) if last is not None else None
        if last is None or known is None:
            return None
        bases = self._bases_of(last, known)
        found = reparsed(known, bases, last[1], text, file)
        if found is None:
            return None
        self._bases[key] = bases  # an edit that is taken leaves them so
        at, statement = found
        made = ast.Module([], known.type_ignores)
        made.__dict__.update({**known.__dict__, "body": [*known.body[:at], copied(statement), *known.body[at + 1 :]]})
        given = self._ready.pop(last, None)
        if given is not None:
            given.body[at] = statement
        return made, given

    def _bases_of(self, key: tuple[str, str], tree: ast.Module) -> Bases:
        """What the classes of a tree say."""
        if key not in self._bases:
            self._bases[key] = bases_of(tree.body)
        return self._bases[key]

    def prepare(self) -> None:
        """Make the copies ahead that the next run of the same program, or of one much like it, will ask for."""
        for text, file in self._later:
            self.tree(text, file)
        self._later = []
        wanted = {key: self._trees[key] for key in self._asked if key in self._trees}
        self._ready = {key: self._ready.get(key) or module_copy(tree) for key, tree in wanted.items()}
        for key, tree in wanted.items():
            self._bases_of(key, tree)
        self._asked = set()


def module_copy(tree: ast.Module) -> ast.Module:
    """A copy of a file's tree."""
    return copied(tree)


def copied(tree: AnyNode) -> AnyNode:
    """A tree of new nodes with all that hangs on the old ones; a node that stands at two places still does."""
    made: dict[int, ast.AST] = {}
    work: list[ast.AST] = [tree]
    top = tree.__class__.__new__(tree.__class__)
    made[id(tree)] = top

    def twin(value: object) -> object:
        if isinstance(value, ast.AST):
            if isinstance(value, SHARED):
                return value
            found = made.get(id(value))
            if found is None:
                found = made[id(value)] = value.__class__.__new__(value.__class__)
                work.append(value)
            return found
        return [twin(item) for item in value] if isinstance(value, list) else value

    while work:
        node = work.pop()
        fields = made[id(node)].__dict__
        for name, value in node.__dict__.items():
            fields[name] = value if value.__class__ in PLAIN else twin(value)
    return top


PARSED = Parsed()
