"""Axis letters of op files: operands `x: N C H W`, weights `(g=ifgo H) I`, weight maps `bias_ih_l0 + bias_hh_l0: (g
H)`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pivot.slots import NotationError


@dataclass(frozen=True, slots=True)
class OperandSpec:
    """An input or output: its axis letters (`*` = any axes), and whether it may be None, a list, a plain number."""

    name: str
    letters: tuple[str, ...]
    optional: bool = False
    many: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A factor of an axis; `blocks` is the order of its named parts (`g=ifgo`), None where it has none."""

    name: str
    blocks: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A stored tensor `path`, or the i-th of n equal parts of its first axis (`in_proj_weight[0/3]`)."""

    path: str
    part: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class WeightMap:
    """Where a weight is stored: `terms` are summed on reading (written: value, 0, ...), `letters` their axes."""

    terms: tuple[Term, ...]
    letters: str

    @property
    def path(self) -> str:
        """Path of the first term."""
        return self.terms[0].path


_LETTER = re.compile(r"[A-Za-z_]\w*'*$|1$|\*$|\.\.\.$")
_PART = re.compile(r"(.*)\[(\d+)/(\d+)\]$")


def split_outside(text: str, separator: str) -> list[str]:
    """Parts of a text between separators that stand outside brackets."""
    parts = [""]
    depth = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if character == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


@lru_cache(maxsize=4096)
def split_letters(text: str) -> tuple[str, ...]:
    """`N (D H) *` as its axes: ("N", "(D H)", "*")."""
    found = [part for part in split_outside(text.strip(), " ") if part]
    for part in found:
        inner = part[1:-1].split() if part.startswith("(") and part.endswith(")") else [part]
        for letter in inner:
            if _LETTER.match(letter.partition("=")[0]) is None:
                raise NotationError(f"'{letter}' is not an axis letter")
    return tuple(found)


@lru_cache(maxsize=4096)
def parse_axes(text: str) -> tuple[tuple[Letter, ...], ...]:
    """Letters as factors per axis: `(g=ifgo H) I` -> ((g=ifgo, H), (I,)); the axis `1` has no factors."""
    axes: list[tuple[Letter, ...]] = []
    for part in split_letters(text):
        inner = part[1:-1].split() if part.startswith("(") else [part]
        factors: list[Letter] = []
        for word in inner:
            name, equals, blocks = word.partition("=")
            if equals and len(set(blocks)) != len(blocks):
                raise NotationError(f"a block stands twice in '{word}'")
            if name != "1":
                factors.append(Letter(name, blocks or None))
        axes.append(tuple(factors))
    return tuple(axes)


def parse_operands(text: str) -> tuple[OperandSpec, ...]:
    """`x: N T F, mask: N 1 T S ?, xs: * +, b: * number`; raises NotationError with the column."""
    found: list[OperandSpec] = []
    column = 0
    for part in split_outside(text, ","):
        name, colon, letters = part.partition(":")
        if part.strip():
            if not colon or not name.strip().isidentifier():
                raise NotationError(f"expected `name: LETTERS`, found '{part.strip()}'", column)
            words = letters.replace("?", " ? ").replace("+", " + ").split()
            marks = {word for word in words if word in ("?", "+", "number")}
            axes = " ".join(word for word in words if word not in ("?", "+", "number"))
            try:
                axis_letters = split_letters(axes)
            except NotationError as error:
                raise NotationError(error.why, column + len(name) + 1) from None
            if any(spec.name == name.strip() for spec in found):
                raise NotationError(f"'{name.strip()}' stands twice", column)
            found.append(OperandSpec(name.strip(), axis_letters, "?" in marks, "+" in marks, "number" in marks))
        column += len(part) + 1
    return tuple(found)


def parse_weight_map(text: str) -> WeightMap:
    """`cell/bias_ih_l0 + bias_hh_l0: (g=ifgo H)`; without `:` the letters are empty (accepted, no meaning)."""
    paths, _, letters = text.partition(":")
    terms: list[Term] = []
    for path in paths.split("+"):
        match = _PART.match(path.strip())
        if not path.strip():
            raise NotationError(f"'{text}' names no weight")
        if match is None:
            terms.append(Term(path.strip()))
        elif int(match[2]) >= int(match[3]):
            raise NotationError(f"'{path.strip()}': parts count from 0 to {int(match[3]) - 1}")
        else:
            terms.append(Term(match[1], (int(match[2]), int(match[3]))))
    parse_axes(letters)
    return WeightMap(tuple(terms), letters.strip())


def axis_of(letters: tuple[str, ...], letter: str, rank: int) -> int | None:
    """Which axis of a tensor with `rank` axes carries `letter`, non-negative; None where none does (`*` takes what is
    left).
    """
    if letter not in letters:
        return None
    at = letters.index(letter)
    star = letters.index("*") if "*" in letters else None
    axis = at if star is None or at < star else rank - (len(letters) - at)
    return axis if 0 <= axis < rank else None


def arrange(given: tuple[str, ...], wanted: tuple[str, ...], rank: int) -> tuple[int | None, ...] | None:
    """For each axis in the order `wanted`, which axis of a tensor with letters `given` it is; None in it: an axis of
    size 1.

    None where the letters do not fit a tensor with `rank` axes.
    """
    spread = rank - (len(given) - 1 if "*" in given else len(given))
    if spread < 0 or ("*" not in given and spread > 0) or ("*" in wanted) != ("*" in given):
        return None
    places: dict[str, list[int]] = {}
    at = 0
    for letter in given:
        width = spread if letter == "*" else 1
        places[letter] = list(range(at, at + width))
        at += width
    found: list[int | None] = []
    for letter in wanted:
        found.extend(places.get(letter, [None]))
    return tuple(found)
