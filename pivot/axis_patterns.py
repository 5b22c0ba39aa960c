"""Axis patterns of einops: `b (h p) c -> b h (p c)`. Read once, then resolved against the shape of a tensor.

A group is what stands on one axis: the names of its factors, outermost first; `1` and `()` are the empty group. A
number greater than 1 is a factor without a name (`2#0`); `...` becomes as many names as the tensor has axes left over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pivot.dims import Dim, Size, hint, product, symbol

Group = tuple[str, ...]
REST, INSIDE = "...", "(...)"  # on axes of their own, and within brackets
_TOKEN = re.compile(r"\s*(\.\.\.|…|[A-Za-z_]\w*|\d+|[()])")


class PatternError(Exception):
    """A pattern cannot be read, or does not fit a tensor; the text says why."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Both sides of a pattern, as groups."""

    left: tuple[Group, ...]
    right: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A pattern on a tensor: `...` spelled out, and the size of every name.

    `stretched`: names of the right that stand for an axis of size 1 of the left (`1 d -> b d`).
    """

    left: tuple[Group, ...]
    right: tuple[Group, ...]
    sizes: Mapping[str, Dim]
    stretched: frozenset[str] = frozenset()

    @property
    def before(self) -> Group:
        """All names on the left, in order: the axes after taking groups apart."""
        return tuple(name for group in self.left for name in group)

    @property
    def after(self) -> Group:
        """All names on the right, in order: the axes before putting groups together."""
        return tuple(name for group in self.right for name in group)

    @property
    def reduced(self) -> tuple[int, ...]:
        """Places on the left whose names the right lacks."""
        return tuple(i for i, name in enumerate(self.before) if name not in self.after)

    @property
    def new(self) -> frozenset[str]:
        """Names whose size only the right has."""
        return self.stretched | (set(self.after) - set(self.before))

    @property
    def old(self) -> frozenset[str]:
        """Names whose size the left has."""
        return frozenset(self.before) - self.stretched

    def shape(self, names: Group) -> tuple[Dim, ...]:
        """Sizes of single names."""
        return tuple(self.sizes[name] for name in names)

    def bare(self, names: Group) -> tuple[Dim, ...]:
        """Sizes of single names before anything is repeated."""
        return tuple(1 if name in self.new else self.sizes[name] for name in names)

    def joined(self) -> tuple[Dim, ...]:
        """Sizes of the right side, one per group."""
        return tuple(product(self.shape(group)) for group in self.right)


@cache
def parse_pattern(text: str) -> Pattern:
    """`a (b c) -> b a c` as groups; raises PatternError."""
    sides = text.split("->")
    if len(sides) != 2:
        raise PatternError(f"'{text}' needs exactly one '->'")
    return Pattern(_side(sides[0], text, "<"), _side(sides[1], text, ">"))


def _side(side: str, text: str, mark: str) -> tuple[Group, ...]:
    groups: list[Group] = []
    inside: list[str] | None = None
    place = 0
    side = side.rstrip()
    while place < len(side):
        match = _TOKEN.match(side, place)
        if match is None:
            raise PatternError(f"'{side[place:].strip()[:1]}' has no meaning in '{text}'")
        place = match.end()
        token = match[1]
        if token == "(":
            if inside is not None:
                raise PatternError(f"brackets within brackets in '{text}'")
            inside = []
        elif token == ")":
            if inside is None:
                raise PatternError(f"a closing bracket too many in '{text}'")
            groups.append(tuple(inside))
            inside = None
        else:
            names = _names(token, f"{mark}{len(groups)}.{len(inside or ())}", REST if inside is None else INSIDE)
            if inside is None:
                groups.append(names)
            else:
                inside.extend(names)
    if inside is not None:
        raise PatternError(f"a bracket is not closed in '{text}'")
    flat = [name for group in groups for name in group]
    if len(set(flat)) != len(flat):
        raise PatternError(f"a name stands twice on one side of '{text}'")
    return tuple(groups)


def _names(token: str, place: str, rest: str) -> Group:
    if token in (REST, "…"):
        return (rest,)
    if token.isdigit():
        return () if int(token) == 1 else (f"{int(token)}#{place}",)
    return (token,)


def number_of(name: str) -> int | None:
    """The size of a factor without a name, None for a name."""
    head, mark, _ = name.partition("#")
    return int(head) if mark else None


def resolve(text: str, lengths: Mapping[str, object], shape: tuple[Dim, ...]) -> Resolved:
    """A pattern on a tensor of this shape; raises PatternError where they do not fit."""
    pattern = parse_pattern(text)
    left, rest = _spelled(pattern.left, len(shape), text)
    right = _with_rest(pattern.right, rest)
    left, right, stretched = _units(left, right)
    sizes: dict[str, Dim] = {}
    for name in (*(n for g in left for n in g), *(n for g in right for n in g)):
        number, given = number_of(name), lengths.get(name)
        if number is not None:
            sizes[name] = number
        elif isinstance(given, (int, Size)) and not isinstance(given, bool):
            sizes[name] = given
        elif given is not None:
            raise PatternError(f"the size {name} is not a whole number")
    for name in lengths:
        if name not in sizes:
            raise PatternError(f"'{text}' has no axis {name}")
    for group, size in zip(left, shape, strict=True):
        _fit(() if stretched & set(group) else group, size, sizes, text)
    for name in (n for g in right for n in g):
        if name not in sizes:
            raise PatternError(f"the size {name} is not given")
    return Resolved(left, right, sizes, stretched)


def told_shape(text: str, lengths: Mapping[str, object]) -> tuple[Dim, ...] | None:
    """The shape of what a pattern is for, with a symbol where a size is not given; None where its rank is open."""
    pattern = parse_pattern(text)
    if any({REST, INSIDE} & set(group) for group in pattern.left):
        return None
    shape: list[Dim] = []
    for group in pattern.left:
        sizes: list[Dim] = []
        for name in group:
            number, given = number_of(name), lengths.get(name)
            known = given if isinstance(given, (int, Size)) and not isinstance(given, bool) else symbol(name, 2)
            sizes.append(number if number is not None else known)
        shape.append(product(sizes))
    return tuple(shape)


def _spelled(groups: tuple[Group, ...], rank: int, text: str) -> tuple[tuple[Group, ...], Group]:
    """The left side with `...` as names for the axes that are left over."""
    if (REST,) not in groups:
        if any(INSIDE in group for group in groups):
            raise PatternError(f"'...' stands in brackets on the left of '{text}'")
        if len(groups) != rank:
            raise PatternError(f"'{text}' is for {len(groups)} axes, the tensor has {rank}")
        return groups, ()
    free = rank - len(groups) + 1
    if free < 0:
        raise PatternError(f"'{text}' needs more than {rank} axes")
    rest = tuple(f"{REST}{i}" for i in range(free))
    at = groups.index((REST,))
    return (*groups[:at], *((name,) for name in rest), *groups[at + 1 :]), rest


def _with_rest(groups: tuple[Group, ...], rest: Group) -> tuple[Group, ...]:
    """The right side with `...` spelled out: axes of their own, or factors where it stands in brackets."""
    found: list[Group] = []
    for group in groups:
        if group == (REST,):
            found.extend((name,) for name in rest)
        else:
            found.append(tuple(part for name in group for part in (rest if name == INSIDE else (name,))))
    return tuple(found)


def _units(
    left: tuple[Group, ...], right: tuple[Group, ...]
) -> tuple[tuple[Group, ...], tuple[Group, ...], frozenset[str]]:
    """Axes of size 1 that stay where they are get a name; those in whose place something new stands take its name."""
    if len(left) != len(right):
        return left, right, frozenset()
    known = {name for group in left for name in group}
    before, after, stretched = list(left), list(right), set()
    for place, (one, two) in enumerate(zip(left, right, strict=True)):
        if one == two == ():
            before[place] = after[place] = (f"1#{place}",)
        elif one == () and len(two) == 1 and two[0] not in known and not two[0].startswith(REST):
            before[place] = two
            stretched.add(two[0])
    return tuple(before), tuple(after), frozenset(stretched)


def _fit(group: Group, size: Dim, sizes: dict[str, Dim], text: str) -> None:
    """Check an axis against its group; the one factor that is not known yet becomes what is left."""
    open_ = [name for name in group if name not in sizes]
    known = product(sizes[name] for name in group if name in sizes)
    if len(open_) > 1:
        raise PatternError(f"the sizes of {', '.join(open_)} in '{text}' are not known")
    if not open_:
        if hint(known) != hint(size):
            raise PatternError(f"an axis of {size} stands where '{text}' needs {known}")
        if len(group) == 1 and isinstance(size, int):
            sizes[group[0]] = size
        return
    if hint(known) == 0 or hint(size) % hint(known):
        raise PatternError(f"an axis of {size} cannot be divided by {known} in '{text}'")
    sizes[open_[0]] = size // known
