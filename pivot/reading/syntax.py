"""Python text to a syntax tree that has kept its comments, its blank lines and the spelling of its literals.

The attributes that comments leave on the nodes are told in `pivot.reading.comments`, those of spelling in
`pivot.reading.spelling`.
"""

from __future__ import annotations

import ast
import tokenize
import warnings
from functools import lru_cache

from pivot.problems import refuse
from pivot.reading.comments import attach
from pivot.reading.filled_views import stores_for_fills
from pivot.reading.limits import LIMITS, Limits, over_limit
from pivot.reading.named_bases import supers_for_named_bases
from pivot.reading.python2_names import NEWER, modernised
from pivot.reading.quick_tokens import quick_scan
from pivot.reading.spelling import Columns, keep_spelling
from pivot.reading.syntax_errors import explain, merge_markers
from pivot.reading.tokens import Scan, UnclosedString, scan
from pivot.reading.walking import by_level, children


def normal_newlines(text: str) -> str:
    """`text` as Python's own reader sees it: CR and CRLF become LF, a byte order mark goes."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str, file: str, limits: Limits = LIMITS) -> ast.Module:
    """The tree of `text`, with comments attached. Raises Refusal with file, line and column for all it cannot read."""
    text = normal_newlines(text)
    check_characters(text, file, limits)
    found = _scan(text, file, limits)
    module = _parse(text, file, limits)
    nodes = checked_nodes(module, text, file, limits)
    if any(name in text for name in NEWER):
        modernised(nodes)
    columns = Columns(text.split("\n"))
    keep_spelling(nodes, found, columns)
    attach(module, found, columns)
    return module


def checked_nodes(module: ast.Module, text: str, file: str, limits: Limits) -> list[ast.AST]:
    """All nodes of a tree but those in f-strings. Raises a limit Refusal for a tree that is too large or too deep."""
    plain = len(text) <= limits.string_bytes  # no value is longer than what spells it
    nodes = by_level(module, min(limits.depth, limits.chain), limits.nodes) if plain else None
    if nodes is None:
        check_tree(module, file, limits)
        nodes = by_level(module, limits.nodes, limits.nodes)
    return nodes or []


def check_tree(module: ast.AST, file: str, limits: Limits) -> None:
    """Raises a limit Refusal for a tree that is too large or too deep; walks it without recursion.

    `a + b + c ...` nests to the left once per operator; that counts against `chain`, not against `depth`.
    """
    count = 0
    work: list[tuple[ast.AST, int, int]] = [(module, 0, 0)]
    line = column = 1
    while work:
        node, depth, chain = work.pop()
        count += 1
        line, column = getattr(node, "lineno", line), getattr(node, "col_offset", column - 1) + 1
        if count > limits.nodes:
            raise over_limit(file, line, column, "too large a syntax tree", "nodes", limits.nodes)
        if depth > limits.depth:
            raise over_limit(file, line, column, "too deeply nested", "depth", limits.depth)
        if chain > limits.chain:
            raise over_limit(file, line, column, "too many operands in one expression", "chain", limits.chain)
        if isinstance(node, ast.Constant):
            if isinstance(node.value, (str, bytes)) and len(node.value) > limits.string_bytes:
                raise over_limit(
                    file, line, column, f"a string of {len(node.value)} characters", "string_bytes", limits.string_bytes
                )
            continue
        for child in children(node):
            if isinstance(child, (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)):
                continue
            if isinstance(node, ast.BinOp) and child is node.left and isinstance(child, ast.BinOp):
                work.append((child, depth, chain + 1))
            else:
                work.append((child, depth + 1, 0))


def check_characters(text: str, file: str, limits: Limits) -> None:
    """Raises Refusal for a text that is too long, or is none."""
    if len(text) > limits.file_bytes:
        raise over_limit(file, 1, 1, f"a source of {len(text)} characters", "file_bytes", limits.file_bytes)
    if text.count("\n") > limits.nodes:
        raise over_limit(file, 1, 1, f"a source of {text.count(chr(10))} lines", "nodes", limits.nodes)
    nul = text.find("\0")
    if nul >= 0:
        line, column = place_of(text, nul)
        raise refuse("not-text", file, line, column, "a NUL character in the source", "remove it, or open a text file")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        line, column = place_of(text, error.start)
        raise refuse(
            "encoding",
            file,
            line,
            column,
            f"{text[error.start]!a} is half of a character pair",
            "save the file as UTF-8",
        ) from None


def place_of(text: str, index: int) -> tuple[int, int]:
    """Line and column, both from 1, of the character at `index`; line ends as Python counts them."""
    above = normal_newlines(text[:index])
    return above.count("\n") + 1, len(above) - (above.rfind("\n") + 1) + 1


@lru_cache(256)
def _scanned(text: str, file: str, limits: Limits) -> Scan:
    """A program is read again where library modules of it are restated: its tokens are the same."""
    return quick_scan(text, limits) or scan(text, file, limits)


def _scan(text: str, file: str, limits: Limits) -> Scan:
    try:
        return _scanned(text, file, limits)
    except UnclosedString as error:
        line, column = error.place
        raise merge_markers(text.split("\n"), file) or refuse(
            "truncated",
            file,
            line,
            column + 1,
            "this string is never closed; the file may be cut off",
            "close the string, or get the whole file",
        ) from None
    except tokenize.TokenError as error:
        line, column = error.args[1]
        raise refuse(
            "truncated", file, line, column + 1, f"{error.args[0]}; the file may be cut off", "get the whole file"
        ) from None
    except SyntaxError as error:
        raise explain(error, text, file) from None


def _parse(text: str, file: str, limits: Limits) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in an old string is the author's business
            return supers_for_named_bases(text, stores_for_fills(text, ast.parse(text)))
    except SyntaxError as error:
        if "integer string conversion" in (error.msg or ""):
            raise over_limit(
                file, error.lineno or 1, error.offset or 1, "too long a number", "integer_bits", limits.integer_bits
            ) from None
        raise explain(error, text, file) from None
    except (RecursionError, MemoryError):
        raise over_limit(file, 1, 1, "too deeply nested", "depth", limits.depth) from None
    except (ValueError, OverflowError) as error:
        raise refuse("syntax", file, 1, 1, str(error), "mend the source; Python 3.11 cannot read it either") from None
