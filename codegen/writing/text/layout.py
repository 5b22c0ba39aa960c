"""Splits lines that do not fit, the way the Black formatter does: right-hand brackets first, then delimiters.

A line is tried whole; then its last bracket takes lines of its own; what stands in brackets is split at its most
willing delimiter. Brackets that may be left out (leaves without text) are written only where that reads better; a cut
writes them on copies, so that an attempt which is given up leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from codegen.writing.text.leaves import (
    BEYOND,
    INDENT,
    Kind,
    Leaf,
    Line,
    Split,
    running_widths,
    without_comments,
)

CLOSE: Final = Kind.CLOSE
COMMA: Final = Kind.COMMA
COMMENT: Final = Kind.COMMENT
NONE: frozenset[int] = frozenset()


class CannotSplit(Exception):
    """This way of splitting does not apply; the caller tries the next one."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A line cut at one pair of brackets: `head opening`, `body`, `closing tail`."""

    head: Line
    body: Line
    tail: Line
    opening: Leaf
    closing: Leaf

    def lines(self) -> list[Line]:
        """Its three lines; the body is never empty."""
        return [self.head, self.body, self.tail]


def lay_out(line: Line) -> list[Line]:
    """The lines that `line` becomes. Works off a stack: brackets may nest deeper than Python's own."""
    result: list[Line] = []
    work = [line]
    while work:
        each = work.pop()
        fine = _is_fine(each)
        aside = [] if fine else _comment_aside(each)
        if aside:
            result.extend(aside)
            continue
        parts = None if fine else _split(each)
        if parts is None:
            result.append(each)
        elif any(leaf.kind is Kind.OPEN and not leaf.text for leaf in each.leaves):
            result.extend(_with_second_opinion(each, parts))  # only around a statement's own parts, never deep
        else:
            work.extend(reversed(parts))
    return result


def _is_fine(line: Line) -> bool:
    """Can a line stay as it is? Nearly all can, and have no comments: one look at each leaf tells."""
    if line.one_per_line:
        return False
    width = INDENT * line.depth
    comma = False  # behind one
    for place, leaf in enumerate(line.leaves):
        text, kind = leaf.text, leaf.kind
        if kind is COMMENT or leaf.comments or not text.isascii() or "\n" in text:
            break
        if comma and kind is CLOSE and not leaf.keeps_comma:
            return False
        width += len(text) + (leaf.space and place > 0)
        comma = kind is COMMA
    else:
        return width <= line.width
    return not line.exploding_comma() and not line.comment_within() and line.fits()


def _comment_aside(line: Line) -> list[Line]:
    """A line that fits but for the comment behind it: as it is where little is missing, else the comment above it.

    Nothing where it has to be split all the same.
    """
    code = without_comments(line.leaves)
    if not code or len(code) != len(line.leaves) or not code[-1].comments or line.comment_within():
        return []
    bare = replace(line, leaves=[*line.leaves[:-1], replace(code[-1], comments=[])])
    if not _is_fine(bare):
        return []
    if line.fits(BEYOND):
        return [line]
    above = [
        Line([Leaf(text, kind=Kind.COMMENT)], line.depth, line.inside, width=line.width) for text in code[-1].comments
    ]
    return [*above, bare]


def _split(line: Line) -> list[Line] | None:
    """One step; None if nothing can be split."""
    ways = (_split_at_delimiters, _split_right) if line.inside else (_split_left,) if line.is_def else (_split_right,)
    text = line.text()
    for way in ways:
        try:
            parts = way(line)
        except CannotSplit:
            continue
        if not any(part.text() == text and len(part.leaves) == len(line.leaves) for part in parts):
            return parts
    return None


def _with_second_opinion(line: Line, parts: list[Line]) -> list[Line]:
    """`parts` laid out; or the line with its optional brackets written, if only then everything fits."""
    result = [each for part in parts for each in lay_out(part)]
    if _brackets(result) > _brackets([line]) or result[0].fits():
        return result
    try:
        forced = _cut_maybe(_cut(line, NONE), line, NONE, forced=True).lines()
    except CannotSplit:
        return result
    second = [each for part in forced for each in lay_out(part)]
    return second if all(each.fits() for each in second) else result


def _brackets(lines: list[Line]) -> int:
    return sum(1 for line in lines for leaf in line.leaves if leaf.kind is Kind.OPEN and leaf.text)


# --- at delimiters


def _split_at_delimiters(line: Line) -> list[Line]:
    """One line per element, operand or link; a comma behind the last element."""
    leaves = list(line.leaves)
    code = without_comments(leaves)
    delimiters = line.delimiters(leaves.index(code[-1]) if code else None)
    alone = _comments_outside(line)
    best = max(delimiters.values(), default=Split.NEVER)
    if not alone and (not best or (best is Split.DOT and list(delimiters.values()).count(best) == 1)):
        raise CannotSplit  # one attribute torn from its parent looks wrong
    if best is Split.COMMA and code[-1].kind is not Kind.COMMA:
        last = leaves.index(code[-1])
        leaves[last] = replace(code[-1], comments=[])
        leaves.insert(last + 1, Leaf(",", kind=Kind.COMMA, comments=code[-1].comments))
        alone = frozenset(index + (index > last) for index in alone)
        delimiters = {index: split for index, split in delimiters.items() if index != last}
    result: list[Line] = []
    current: list[Leaf] = []
    for index, leaf in enumerate(leaves):
        if index in alone and current:
            result.append(Line(current, line.depth, line.inside, width=line.width))
            current = []
        current.append(leaf)
        if index in alone or delimiters.get(index) is best:
            result.append(Line(current, line.depth, line.inside, width=line.width))
            current = []
    if current:
        result.append(Line(current, line.depth, line.inside, width=line.width))
    return result


def _comments_outside(line: Line) -> frozenset[int]:
    """Indices of the comments on their own line that stand outside all brackets of a line with other content."""
    depth = 0
    found: set[int] = set()
    for index, leaf in enumerate(line.leaves):
        depth += 1 if leaf.kind is Kind.OPEN else -1 if leaf.kind is Kind.CLOSE else 0
        if leaf.kind is Kind.COMMENT and depth <= 0:
            found.add(index)
    return frozenset(found) if len(line.leaves) > 1 else frozenset()


# --- at brackets


def _split_left(line: Line) -> list[Line]:
    """Of a `def` or `class`: its first bracket, the parameters."""
    opening = next((leaf for leaf in line.leaves if leaf.kind is Kind.OPEN and leaf.text), None)
    if opening is None or opening.partner not in line.leaves:
        raise CannotSplit
    start, end = line.leaves.index(opening), line.leaves.index(opening.partner)
    if end == start + 1:
        return _split_right(line)
    cut = _at(line, start, end)
    if Split.COMMA not in cut.body.delimiters(None).values() and without_comments(cut.body.leaves)[-1].text != ",":
        last = without_comments(cut.body.leaves)[-1]
        at = cut.body.leaves.index(last)
        cut.body.leaves[at : at + 1] = [replace(last, comments=[]), Leaf(",", kind=Kind.COMMA, comments=last.comments)]
    return cut.lines()


def _split_right(line: Line) -> list[Line]:
    """At the last bracket whose first line then fits, going left; else at the very last one."""
    for omit in _trailers_to_omit(line):
        cut = _cut_maybe(_cut(line, omit), line, omit)
        if cut.head.fits():
            return cut.lines()
    return _cut_maybe(_cut(line, NONE), line, NONE).lines()


def _cut(line: Line, omit: frozenset[int]) -> Cut:
    """At the last bracket whose closing leaf is not in `omit` (ids)."""
    end = len(line.leaves) - 1
    while end >= 0:
        leaf = line.leaves[end]
        if leaf.kind is Kind.CLOSE and id(leaf) not in omit:
            start = next((k for k in range(end - 1, -1, -1) if line.leaves[k] is leaf.partner), -1)
            if start < 0:
                raise CannotSplit
            if start < end - 1:
                return _at(line, start, end)
            end = start  # nothing between them
        end -= 1
    raise CannotSplit


def _at(line: Line, start: int, end: int) -> Cut:
    """Cuts at the brackets with these indices, and writes them if they had no text."""
    opening, closing = line.leaves[start], line.leaves[end]
    if not opening.text:
        shown, shut = replace(opening, text="("), replace(closing, text=")")
        shut.partner, shown.partner = shown, shut
    else:
        shown, shut = opening, closing
    body = Line(line.leaves[start + 1 : end], line.depth + 1, inside=True, width=line.width)
    if line.is_import and without_comments(body.leaves)[-1].kind is not Kind.COMMA:
        last = body.leaves.index(without_comments(body.leaves)[-1])
        leaf = body.leaves[last]
        body.leaves[last : last + 1] = [replace(leaf, comments=[]), Leaf(",", kind=Kind.COMMA, comments=leaf.comments)]
    body.one_per_line = _goes_one_per_line(body, opening, line)
    head = replace(line, leaves=[*line.leaves[:start], shown], one_per_line=False)
    tail = replace(line, leaves=[shut, *line.leaves[end + 1 :]], one_per_line=False)
    return Cut(head, body, tail, opening, closing)


def _goes_one_per_line(body: Line, opening: Leaf, line: Line) -> bool:
    code = without_comments(body.leaves)
    trailing = bool(code) and code[-1].kind is Kind.COMMA
    delimiters = body.delimiters(body.leaves.index(code[-1]) if trailing else None)
    commas = max(delimiters.values(), default=Split.NEVER) is Split.COMMA
    return commas and (trailing or opening.literal or line.is_import)


def _cut_maybe(cut: Cut, line: Line, omit: frozenset[int], forced: bool = False) -> Cut:
    """`cut`, or where its brackets need not be written and another cut reads better, that one."""
    if not cut.opening.text and not forced and not line.is_import and _can_omit(cut):
        without = omit | {id(cut.closing)}
        try:
            other = _cut(line, without)
            if _better_without(other, cut):
                return _cut_maybe(other, line, without)
        except CannotSplit:
            if not _can_be_split(cut.body) and not cut.body.fits():
                raise
    return cut


def _better_without(other: Cut, cut: Cut) -> bool:
    """Whether to split inside the right side of an assignment rather than around it."""
    head = cut.head.leaves
    if not (len(head) >= 2 and head[-2].kind is Kind.EQUAL):
        return True
    targets = sum(leaf.kind is Kind.EQUAL for leaf in head)
    if targets > 1 and targets > sum(leaf.kind is Kind.EQUAL for leaf in other.head.leaves):
        return False
    if not any(leaf.kind in (Kind.OPEN, Kind.CLOSE) for leaf in head[:-1]):
        return True
    if not cut.head.fits(-1) or cut.head.exploding_comma():
        return True
    for leaf in reversed(other.head.leaves):
        if leaf.kind is Kind.EQUAL:
            return other.head.fits()
        if leaf.kind is Kind.CLOSE:
            return True
    return False


def _can_omit(cut: Cut) -> bool:
    """Whether the optional brackets around `cut.body` would add nothing."""
    body = cut.body
    if _comments_outside(body) or _comment_between(body):
        return False
    delimiters = list(body.delimiters(None).values())
    if not delimiters:
        return True
    best = max(delimiters)
    if delimiters.count(best) > 1 or (best is Split.COMMA and any(leaf.text == "with" for leaf in cut.head.leaves[:3])):
        return False
    if best is Split.DOT:
        return True
    first, last = body.leaves[0], body.leaves[-1]
    if first.kind is Kind.OPEN and _rest_fits_after(body, first):
        return True
    if last.kind is Kind.CLOSE and not _is_index(last):  # a line that ends inside an index looks weird
        if body.leaves[-2].kind is Kind.OPEN:
            return False
        if "\n" in first.text:
            return True
        return _front_fits_before(body, last)
    return False


def _is_index(closing: Leaf) -> bool:
    return closing.text == "]" and closing.partner is not None and not closing.partner.literal


def _comment_between(body: Line) -> bool:
    depth = 0
    for leaf in body.leaves[:-1]:
        depth += 1 if leaf.kind is Kind.OPEN else -1 if leaf.kind is Kind.CLOSE else 0
        if leaf.comments and depth <= 0:
            return True
    return False


def _rest_fits_after(body: Line, first: Leaf) -> bool:
    """Whether what follows the bracket that the body begins with fits in a line, up to the next bracket."""
    length = INDENT * body.depth
    counting = False
    seen = 0
    for _, leaf, width in running_widths(body.leaves):
        seen += 1
        if leaf.kind is Kind.CLOSE and leaf.partner is first:
            counting = True
        if counting:
            length += width
            if length > body.width:
                return False
            if leaf.kind is Kind.OPEN:
                counting = False
    return seen == len(body.leaves)


def _front_fits_before(body: Line, last: Leaf) -> bool:
    """Whether what stands before the bracket that the body ends with fits in a line, or can be split itself."""
    length = INDENT * body.depth
    others = False
    for _, leaf, width in running_widths(body.leaves):
        length += width
        if leaf is last.partner:
            return others or length <= body.width
        others = others or leaf.kind is Kind.OPEN
    return False


def _can_be_split(line: Line) -> bool:
    """False if the line cannot be split for sure."""
    return bool(line.delimiters(None)) or any(leaf.kind is Kind.OPEN for leaf in line.leaves)


def _trailers_to_omit(line: Line) -> Iterator[frozenset[int]]:
    """Growing sets of closing brackets at the end of the line that a cut may pass over, as far as they fit."""
    omit: set[int] = set()
    if not line.exploding_comma():
        yield NONE
    length = INDENT * line.depth
    opening: Leaf | None = None
    closing: Leaf | None = None
    inner: set[int] = set()
    for index, leaf, width in running_widths(line.leaves, backwards=True):
        length += width
        if length > line.width:
            return
        if opening is not None:
            if leaf is opening:
                opening = None
            elif leaf.kind is Kind.CLOSE:
                inner.add(id(leaf))
        elif leaf.kind is Kind.CLOSE:
            previous = line.leaves[index - 1] if index else None
            if previous is not None and previous.kind is Kind.OPEN:
                inner.add(id(leaf))
                continue
            if closing is not None:
                omit.add(id(closing))
                omit.update(inner)
                inner.clear()
                yield frozenset(omit)
            if previous is not None and previous.kind is Kind.COMMA and not leaf.keeps_comma:
                return
            if leaf.text:
                opening, closing = leaf.partner, leaf
