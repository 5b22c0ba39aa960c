"""What a call returns, in the shape that the source's call returned it."""

from __future__ import annotations

import ast

from codegen.target import Target
from codegen.writing import nodes
from codegen.writing.sharing import shared
from pivot.results import ENTRIES, Result, ResultGroup, ResultName

RESULTS, ONLY = "results", "only_entry"
"""Marks: of a tuple of what a call returns, and of the only entry of a state, which has an axis more."""


def is_list(pattern: Result) -> bool:
    """Does a call return one list of results?"""
    return (
        isinstance(pattern, ResultGroup)
        and len(pattern.items) == 1
        and isinstance(pattern.items[0], ResultName)
        and pattern.items[0].star
    )


def alike(one: Result, other: Result) -> bool:
    """Do two calls return the same structure of the same outputs?"""
    if is_list(one) and is_list(other):
        return True
    if isinstance(one, ResultGroup) and isinstance(other, ResultGroup):
        return len(one.items) == len(other.items) and all(map(alike, one.items, other.items))
    if isinstance(one, ResultName) and isinstance(other, ResultName):
        return (one.codec, one.star) == (other.codec, other.star)
    return False


def parts(target: Target, pattern: Result, call: ast.expr) -> dict[str, ast.expr]:
    """Output -> the expression that takes it out of what a call returned."""
    if isinstance(pattern, ResultName):
        if pattern.name == "_":
            return {}
        return {pattern.name: joined(target, pattern.codec, [call])}
    if is_list(pattern):
        item = pattern.items[0]
        assert isinstance(item, ResultName)
        return {item.name: call}
    found: dict[str, ast.expr] = {}
    call = shared(call, "results")
    entries: dict[str, list[ast.expr]] = {}
    for place, item in enumerate(pattern.items):
        text = ast.Subscript(call, ast.Constant(place), ast.Load())
        if isinstance(item, ResultName) and item.codec in ENTRIES:
            entries.setdefault(item.name, []).append(text)
        else:
            found.update(parts(target, item, text))
    for name, texts in entries.items():
        found[name] = joined(target, "expand", texts)
    return found


def joined(target: Target, codec: str | None, entries: list[ast.expr]) -> ast.expr:
    """The text of an output that a call returns as the entries of its first axis."""
    if codec not in ENTRIES:
        return entries[0]
    if len(entries) == 1:
        made = target.unsqueeze(entries[0], 0)
        made.__dict__[ONLY] = True
        return made
    return target.stack(ast.List(entries, ast.Load()))


def entry(whole: ast.expr, place: int) -> ast.expr:
    """One entry of the first axis; of what was put together from entries, that one."""
    return ast.Subscript(whole, nodes.literal(place), ast.Load())


def filled(pattern: Result, found: dict[str, ast.expr]) -> ast.expr:
    """The structure of a result with its outputs; None stands for what nobody reads."""
    if isinstance(pattern, ResultName):
        text = found.get(pattern.name, ast.Constant(None))
        if pattern.codec in ENTRIES and pattern.name in found:
            return entry(text, ENTRIES[pattern.codec or ""])
        return text
    if is_list(pattern):
        return filled(pattern.items[0], found)
    made = ast.Tuple([filled(item, found) for item in pattern.items], ast.Load())
    made.__dict__[RESULTS] = True
    return made


def taken(text: ast.expr) -> ast.expr:
    """What an index takes of results that are all written down: h for `(h, None)[0]`, and for the only entry of h."""
    place = text.slice.value if isinstance(text, ast.Subscript) and isinstance(text.slice, ast.Constant) else None
    if not isinstance(text, ast.Subscript) or type(place) is not int:
        return text
    whole = text.value
    if isinstance(whole, ast.Tuple) and RESULTS in whole.__dict__ and 0 <= place < len(whole.elts):
        return whole.elts[place]
    if not isinstance(whole, ast.Call) or ONLY not in whole.__dict__ or place != 0:
        return text
    is_method = (
        isinstance(whole.func, ast.Attribute) and len(whole.args) == 1 and isinstance(whole.args[0], ast.Constant)
    )
    return whole.func.value if is_method and isinstance(whole.func, ast.Attribute) else whole.args[0]


def picked(pattern: Result, place: int) -> Result | None:
    """The part of a result that `[place]` takes."""
    if isinstance(pattern, ResultName) or is_list(pattern) or not -len(pattern.items) <= place < len(pattern.items):
        return None
    return pattern.items[place]
