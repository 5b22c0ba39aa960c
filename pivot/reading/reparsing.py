"""A text that differs from one that is parsed within one of its outermost statements: only that one is parsed.

What stands around it is given to the parser as little as it needs: empty lines above, so that places are right, and a
`pass` where the next statement begins, so that comments between them go where they would. Whatever is not certain to
come out as if the whole file were parsed is declined.
"""

from __future__ import annotations

import ast
import tokenize
import warnings
from bisect import bisect_right

from pivot.problems import Refusal
from pivot.reading.comments import attach
from pivot.reading.filled_views import stores_for_fills
from pivot.reading.limits import LIMITS, Limits
from pivot.reading.named_bases import Bases, bases_of, say_supers
from pivot.reading.python2_names import NEWER
from pivot.reading.quick_tokens import quick_scan
from pivot.reading.spelling import Columns, keep_spelling
from pivot.reading.syntax import check_characters, checked_nodes, normal_newlines
from pivot.reading.tokens import UnclosedString, scan

NODES_A_CHARACTER = 4  # more than any text has
UNREADABLE = (
    Refusal, SyntaxError, UnclosedString, tokenize.TokenError, RecursionError, MemoryError, ValueError, OverflowError,
)  # fmt: skip


def reparsed(
    tree: ast.Module, bases: Bases, old: str, text: str, file: str, limits: Limits = LIMITS
) -> tuple[int, ast.stmt] | None:
    """Which statement of `tree`, the tree of `old`, is another one in the tree of `text`, and the new one; None where
    that cannot be told. `bases`: what `bases_of` says of `tree`. Raises Refusal for characters that no text has.
    """
    text = normal_newlines(text)
    check_characters(text, file, limits)
    before, lines = normal_newlines(old).split("\n"), text.split("\n")
    if len(before) != len(lines) or len(text) * NODES_A_CHARACTER > limits.nodes:
        return None
    changed = [number for number, (a, b) in enumerate(zip(before, lines, strict=True), start=1) if a != b]
    starts = [first_line(statement) for statement in tree.body]
    at = bisect_right(starts, changed[0]) - 1 if changed else -1
    if at < 0 or not stands_alone(tree.body, at, lines) or changed[-1] > end_line(tree.body[at]):
        return None
    following = starts[at + 1] if at + 1 < len(starts) else 0
    piece = [*lines[starts[at] - 1 : following - 1], "pass", ""] if following else lines[starts[at] - 1 :]
    made = parsed_piece([*[""] * (starts[at] - 1), *piece], file, limits, bases, tree.body[at])
    if made is None or len(made.body) != (2 if following else 1) or first_line(made.body[0]) != starts[at]:
        return None
    rest, known, names = (
        (made.body[1], tree.body[at + 1], ("before", "blank")) if following else (made, tree, ("tail",))
    )
    if any(getattr(rest, name) != getattr(known, name) for name in names):
        return None  # comments behind the statement go elsewhere now
    for name in ("before", "blank"):
        setattr(made.body[0], name, getattr(tree.body[at], name))
    return at, made.body[0]


def parsed_piece(lines: list[str], file: str, limits: Limits, bases: Bases, old: ast.stmt) -> ast.Module | None:
    """The tree of a piece as `parse` would make it in its file; None where it has to be parsed as a whole."""
    text = "\n".join(lines)
    if any(name in text for name in NEWER):
        return None  # whether it is Python's depends on the rest of the file
    try:
        found = quick_scan(text, limits) or scan(text, file, limits)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = stores_for_fills(text, ast.parse(text))
        nodes = checked_nodes(module, text, file, limits)
    except UNREADABLE:
        return None
    if not module.body or bases_of(module.body[:1]) != bases_of([old]):
        return None  # then calls of bases may be read in another way anywhere
    say_supers(module, bases)
    columns = Columns(lines)
    keep_spelling(nodes, found, columns)
    attach(module, found, columns)
    return module


def stands_alone(body: list[ast.stmt], at: int, lines: list[str]) -> bool:
    """Shares a statement no line with its neighbours, and are there only comments and empty lines between them?"""
    begin, end = first_line(body[at]), end_line(body[at])
    above = end_line(body[at - 1]) if at else 0
    below = first_line(body[at + 1]) if at + 1 < len(body) else len(lines) + 1
    between = [*lines[above : begin - 1], *lines[end : below - 1]]
    return above < begin and end < below and all(line.strip()[:1] in ("", "#") for line in between)


def first_line(node: ast.stmt) -> int:
    """Where a statement begins, with its decorators."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def end_line(node: ast.stmt) -> int:
    """Where a statement ends, without comments behind it."""
    assert node.end_lineno is not None
    return node.end_lineno
