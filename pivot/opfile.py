"""The text of an op file as tables whose entries know their place.

A subset of TOML, read line by line because `tomllib` gives no positions: `key = value`, `[table]`, `[[table]]`,
comments.
Values are full TOML values; an array, inline table or text over several lines goes on until it is complete.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from pivot.problems import Refusal, refuse
from pivot.slots import NotationError


@dataclass(frozen=True, slots=True)
class Entry:
    """A value and where it starts: line and column from 1, the column of a text's first character."""

    value: object
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """`[name]` (or `[[name]]`, `many`) with its entries; the entries above the first header have the name ""."""

    name: str
    many: bool
    line: int
    entries: dict[str, Entry]


_HEADER = re.compile(r"\s*\[(\[?)\s*([A-Za-z_][\w-]*)\s*\](\]?)\s*(?:#.*)?$")
_ENTRY = re.compile(r"\s*(?:([A-Za-z_][\w-]*)|\"([^\"\\]*)\"|'([^']*)')\s*=\s*")
_PLAIN = re.compile(r'"([^"\\]*)"\s*(?:#.*)?$')
# The two shapes nearly all long values have are matched at once: tomllib takes a tenth of a millisecond for each.
_TEXT = r'"[^"\\\n]*"'
_ARRAY = re.compile(rf"(\[\s*(?:{_TEXT}\s*(?:,\s*{_TEXT}\s*)*,?\s*)?\])\s*(?:#.*)?$")
_PAIR = rf"[A-Za-z_][\w-]*\s*=\s*{_TEXT}\s*"
_INLINE = re.compile(rf"(\{{\s*(?:{_PAIR}(?:,\s*{_PAIR})*)?\}})\s*(?:#.*)?$")
_PAIRS = re.compile(r'([A-Za-z_][\w-]*)\s*=\s*"([^"\\\n]*)"')
_KEPT_OPEN = re.compile(r"[\[{]|\"\"\"|'''")


def refuse_entry(file: str, entry: Entry, error: NotationError) -> Refusal:
    """A refusal at the place in an entry that a notation error names."""
    return refuse("op-file", file, entry.line, entry.column + error.column, error.why, "correct the op file")


def read_tables(text: str, file: str) -> list[Table]:
    """All tables of an op file in order, the unnamed one first. Raises Refusal with the line that is wrong."""
    tables = [Table("", False, 1, {})]
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        bare = line.lstrip()
        if not bare or bare[0] == "#":
            continue
        if bare[0] == "[":
            header = _HEADER.match(line)
            if header is None or len(header[1]) != len(header[3]):
                raise refuse("op-file", file, at, 1, "a table header is not well formed", "write [name] or [[name]]")
            tables.append(Table(header[2], bool(header[1]), at, {}))
            continue
        match = _ENTRY.match(line)
        if match is None:
            raise refuse("op-file", file, at, 1, "expected `key = value`", "correct the op file")
        key = match[1] or match[2] or match[3] or ""
        entries = tables[-1].entries
        if key in entries:
            raise refuse("op-file", file, at, 1, f"'{key}' stands twice in this table", "keep one of them")
        start = match.end()
        plain = _PLAIN.match(line, start)
        if plain is not None:
            entries[key] = Entry(plain[1], at, start + 2)
            continue
        entries[key], at = _long_value(lines, at, start, file)
    return tables


def _long_value(lines: list[str], at: int, start: int, file: str) -> tuple[Entry, int]:
    """The value that begins in line `at` (from 1) at `start`, and the line after which reading goes on."""
    first = at
    text = lines[at - 1][start:]
    may_go_on = _KEPT_OPEN.match(text) is not None
    while True:
        short = _short_value(text)
        if short is not None:
            return Entry(short, first, start + 1), at
        if (
            may_go_on
            and text[0] == "["
            and "]" not in lines[at - 1]
            and at < len(lines)
            and not _HEADER.match(lines[at])
        ):
            text += "\n" + lines[at]
            at += 1
            continue
        try:
            value = tomllib.loads("v = " + text)["v"]
        except tomllib.TOMLDecodeError as error:
            if may_go_on and at < len(lines) and not _HEADER.match(lines[at]):
                text += "\n" + lines[at]
                at += 1
                continue
            why = f"this is not a TOML value ({str(error).split(' (at')[0].lower()})"
            raise refuse("op-file", file, first, start + 1, why, "correct the op file") from None
        quote = 3 if text.startswith(('"""', "'''")) else 1 if text[:1] in "\"'" else 0
        return Entry(value, first, start + 1 + quote), at


def _short_value(text: str) -> object:
    """An array or inline table of plain texts; None for every other value."""
    array = _ARRAY.match(text)
    if array is not None:
        return [item[1:-1] for item in re.findall(_TEXT, array[1])]
    inline = _INLINE.match(text)
    pairs: list[tuple[str, str]] = _PAIRS.findall(inline[1]) if inline is not None else []
    return dict(pairs) if inline is not None and len(dict(pairs)) == len(pairs) else None
