"""Functions of other libraries and eras that do what a function of keras.ops does: a table of signatures.

The arguments of a call are told by the function's own signature and handed to the forms of keras.ops under the names
those have. What is beyond them must be left at its default: it is refused by its name otherwise.
"""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pivot.reading.handlers import Args, Kwargs
from pivot.reading.hints import readable
from pivot.reading.values import Value, plain

TABLE = Path(__file__).with_suffix(".toml")
REQUIRED = object()
SAYS_NOTHING = {"name", "validate_indices", "validate_shape"}


@dataclass(frozen=True, slots=True)
class Own:
    """One argument of a foreign signature: its names, its default, and what the function in its place calls it."""

    names: tuple[str, ...]
    default: object
    becomes: str  # "" where the other function has no such argument


@dataclass(frozen=True, slots=True)
class Spelling:
    """A foreign function. `rest`: it takes any number of operands at the end."""

    target: str
    arguments: tuple[Own, ...]
    rest: bool


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Arguments as other forms take them; `back` tells, per new keyword, where the argument stood."""

    args: Args
    kwargs: Kwargs
    back: dict[int | str, int | str]


@cache
def table() -> dict[str, Spelling]:
    """All foreign spellings by canonical name."""
    found: dict[str, Spelling] = {}
    for prefix, lines in tomllib.loads(TABLE.read_text(encoding="utf-8")).items():
        for inner, entries in lines.items() if any(isinstance(v, dict) for v in lines.values()) else [("", lines)]:
            for text, target in entries.items():
                name, spelling = parsed(text, target)
                found[".".join(filter(None, (prefix, inner, name)))] = spelling
    return found


def parsed(text: str, target: str) -> tuple[str, Spelling]:
    """One line of the table."""
    name, _, inside = text.partition("(")
    other, _, order = target.partition("(")
    wanted = [part.strip() for part in order.rstrip(")").split(",")]
    own: list[Own] = []
    parts = split(inside.rstrip(")"))
    for place, part in enumerate(parts):
        said, equals, default = part.partition("=")
        value = ast.literal_eval(default) if equals else REQUIRED
        becomes = wanted[place] if place < len(wanted) else ""
        own.append(Own(tuple(said.strip().split("|")), value, becomes))
    rest = bool(own) and own[-1].names[0].startswith("*")
    full = other if other.startswith("keras.") else f"keras.ops.{other}"
    return name, Spelling(full, tuple(own[:-1] if rest else own), rest)


def split(text: str) -> list[str]:
    """`a, b=(1, 2)` at its outer commas."""
    found, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            found.append(text[start:place].strip())
            start = place + 1
    return [*found, text[start:].strip()] if text.strip() else []


def rewritten(spelling: Spelling, args: Args, kwargs: Kwargs) -> Rewritten | str:
    """The arguments of a call under the names of the other function, or which of them it has no place for."""
    named = {name: own for own in spelling.arguments for name in own.names}
    given: dict[str, tuple[Value, int | str]] = {}
    for place, own in enumerate(spelling.arguments[: len(args)]):
        given[own.names[0]] = (args[place], place)
    rest = args[len(spelling.arguments) :]
    if rest and not spelling.rest:
        return f"takes {len(spelling.arguments)} arguments, {len(args)} are given"
    for key, value in kwargs.items():
        if key in SAYS_NOTHING:
            continue
        if key not in named:
            return f"has no argument {key!r}"
        given[named[key].names[0]] = (value, key)
    new: Kwargs = {}
    back: dict[int | str, int | str] = {}
    for own in spelling.arguments:
        found = given.get(own.names[0])
        if found is None and own.default is REQUIRED:
            return f"argument {own.names[0]!r} is missing"
        if not own.becomes:
            if found is not None and found[0].hint != own.default:
                hint = found[0].hint
                told = repr(hint) if plain(hint) else readable(found[0])
                return f"{own.names[0]}={told} is not {own.default!r}"
        elif found is not None:
            becomes, _, how = own.becomes.partition(".")
            value, back[becomes] = found
            if how == "other" and value.hint == own.default:
                continue
            new[becomes] = Value(value.hint.lower(), value.origin) if how and isinstance(value.hint, str) else value
        elif own.default is not None and not own.becomes.endswith(".other"):
            new[own.becomes.partition(".")[0]] = Value(own.default)
    if not spelling.rest:
        return Rewritten((), new, back)
    positional = tuple(new.values()) + rest
    places = dict(enumerate([back.get(key, -1) for key in new]))
    places.update({len(new) + i: len(spelling.arguments) + i for i in range(len(rest))})
    return Rewritten(positional, {}, {k: v for k, v in places.items() if v != -1})
