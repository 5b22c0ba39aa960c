"""The commonest edit of all: a whole number becomes another one of as many digits, and nothing else moves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pivot.reading.reparsing import first_line
from pivot.reading.walking import children

NUMBER = re.compile(r"(?<![\w.])(?:0|[1-9][0-9]{0,8})(?![\w.])")
"""A whole number as it is printed, which is no part of a name or of another number."""


@dataclass(frozen=True, slots=True)
class Digits:
    """A literal of a tree, what stands above it, the outermost first, and what it says now."""

    literal: ast.Constant
    above: tuple[ast.AST, ...]
    text: str

    @property
    def value(self) -> int:
        """The number it is now."""
        return int(self.text)

    def take(self) -> None:
        """Give the literal its new value."""
        self.literal.value = self.value
        setattr(self.literal, "source_text", self.text)


def changed_digits(tree: ast.Module, old: str, new: str) -> Digits | None:
    """The number that differs between the text of `tree` and another; None where more does, or the number is none of
    the syntax: it stands in a text or comment, or twice.
    """
    before, now = old.split("\n"), new.split("\n")
    changed = [at for at, (one, other) in enumerate(zip(before, now, strict=False)) if one != other]
    if len(before) != len(now) or len(changed) != 1:
        return None
    number, line, other = changed[0] + 1, before[changed[0]], now[changed[0]]
    first = next((at for at, (a, b) in enumerate(zip(line, other, strict=False)) if a != b), len(line))
    found = next((m for m in NUMBER.finditer(line) if m.start() <= first < m.end()), None)
    if found is None or not line.isascii() or "\f" in old or "\r" in old:
        return None
    start, end = found.span()
    text = other[start:end]
    if NUMBER.fullmatch(text) is None or line[:start] + text + line[end:] != other:
        return None
    met = [
        (node, above)
        for node, above in on_line(tree, number, ())
        if isinstance(node, ast.Constant)
        and (node.lineno, node.col_offset, node.end_col_offset) == (number, *found.span())
    ]
    if len(met) != 1 or type(met[0][0].value) is not int or met[0][0].__dict__.get("source_text") != found[0]:
        return None
    return Digits(*met[0], text)


def on_line(node: ast.AST, line: int, above: tuple[ast.AST, ...]) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    """The nodes that a line has a part of, each with what stands above it."""
    yield node, above
    within = (*above, node)
    for child in children(node):
        begin = first_line(child) if isinstance(child, ast.stmt) else getattr(child, "lineno", line)
        if begin <= line <= getattr(child, "end_lineno", line):
            yield from on_line(child, line, within)
