"""`result` of a form: the Python shape of what a call returns, `y`, `y, (h, c)`, `[*ys]`, `y, _`, `y, @expand(h)`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from pivot.slots import NotationError


@dataclass(frozen=True, slots=True)
class ResultName:
    """One returned value: an output of the op, `_` = not modelled; `star`: all entries of a list output; `codec`:
    applied after the call.
    """

    name: str
    codec: str | None = None
    star: bool = False


@dataclass(frozen=True, slots=True)
class ResultGroup:
    """Several returned values: kind "tuple" or "list"."""

    kind: str
    items: tuple[Result, ...]


Result: TypeAlias = ResultName | ResultGroup

ENTRIES = {"expand": 0, "forward": 0, "backward": 1}
"""Codecs of a result that is one entry of an output's first axis: `@forward(h)` is h[0]; `@expand(h)` where it is all.
"""


def entry_id(whole: str, place: int) -> str:
    """The id of the entry of a value."""
    return f"{whole}.{place}"


_TOKEN = re.compile(r"\s*([A-Za-z_]\w*'*|[@*,()\[\]])")


def parse_result(text: str) -> Result:
    """The shape a `result` text describes; raises NotationError."""
    tokens: list[tuple[str, int]] = []
    place = 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            raise NotationError(f"'{text[place:].strip()[:1]}' has no meaning in a result", place)
        tokens.append((match[1], match.start(1)))
        place = match.end()
    items, end, comma = _items(tokens, 0, "")
    if end != len(tokens) or not items:
        raise NotationError("expected `y`, `y, (h, c)`, `[*ys]`", tokens[end][1] if end < len(tokens) else 0)
    return items[0] if len(items) == 1 and not comma else ResultGroup("tuple", items)


def result_names(result: Result) -> tuple[str, ...]:
    """All outputs a result gives, in order, without `_`."""
    return tuple(item.name for item in result_items(result) if item.name != "_")


def result_items(result: Result) -> tuple[ResultName, ...]:
    """The values that a call returns, in order, out of their tuples and lists."""
    if isinstance(result, ResultName):
        return (result,)
    return tuple(name for item in result.items for name in result_items(item))


def _items(tokens: list[tuple[str, int]], at: int, closing: str) -> tuple[tuple[Result, ...], int, bool]:
    found: list[Result] = []
    comma = False
    while at < len(tokens) and tokens[at][0] != closing:
        if found and not comma:
            raise NotationError("expected ','", tokens[at][1])
        item, at = _item(tokens, at)
        found.append(item)
        comma = at < len(tokens) and tokens[at][0] == ","
        at += comma
    return tuple(found), at, comma


def _item(tokens: list[tuple[str, int]], at: int) -> tuple[Result, int]:
    word, column = tokens[at]
    if word in "([":
        closing = ")" if word == "(" else "]"
        items, end, comma = _items(tokens, at + 1, closing)
        if end >= len(tokens):
            raise NotationError(f"'{word}' is not closed", column)
        single = word == "(" and len(items) == 1 and not comma
        if single and not (isinstance(items[0], ResultName) and items[0].star):
            return items[0], end + 1
        return ResultGroup("tuple" if word == "(" else "list", items), end + 1
    if word == "*" and at + 1 < len(tokens):
        return ResultName(tokens[at + 1][0], star=True), at + 2
    if word == "@":
        words = [token for token, _ in tokens[at + 1 : at + 5]]
        if len(words) == 4 and words[1] == "(" and words[3] == ")":
            return ResultName(words[2], codec=words[0]), at + 5
        raise NotationError("expected @codec(output)", column)
    if word in "*,)]":
        raise NotationError(f"'{word}' is not expected here", column)
    return ResultName(word), at + 1
