"""Regular expressions on texts that are known; only patterns that cannot take long are tried."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from pivot.reading.handlers import Args, Handler, Kwargs
from pivot.reading.values import Api, InstanceObject, ListObject, Unknown, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

TEXT = 2_000  # characters of a pattern or of what is searched
REPEATS = 3  # unbounded repetitions in one pattern: time grows with the text to that power
MATCH, PATTERN = "re.Match", "re.Pattern"


def is_cheap(pattern: str, text: str) -> bool:
    """May a pattern be tried? Not where a group is repeated, and not with many repetitions on a long text."""
    repeats = len(re.findall(r"[*+{]", pattern))
    return (
        len(pattern) <= TEXT
        and len(text) <= TEXT
        and not re.search(r"\)[*+{]", pattern)
        and (repeats <= REPEATS or len(text) <= 64)
    )


def tried(name: str) -> Handler:
    """re.match and the like."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        unread = next((v for v in (*args, *kwargs.values()) if isinstance(v.hint, Unknown)), None)
        if unread is not None:
            return unread
        hints = [pattern_of(v) for v in args]
        named = {k: v.hint for k, v in kwargs.items()}
        texts = [h for h in hints if isinstance(h, str)]
        if not all(isinstance(h, (str, int)) for h in (*hints, *named.values())) or not texts:
            return ev.unknown(frame, node, f"re.{name}() of values that are not plain text")
        if not is_cheap(texts[0], texts[-1]):
            raise ev.refusal(frame, node, "this regular expression may take too long", "split the text by hand")
        try:
            return as_value(getattr(re, name)(*hints, **named))
        except (re.error, IndexError) as error:
            raise ev.refusal(frame, node, f"re.{name}(): {error}", "mend the pattern") from None

    return handler


def pattern_of(value: Value) -> object:
    """A compiled pattern stands for its text."""
    hint = value.hint
    if isinstance(hint, InstanceObject) and hint.cls == Api(PATTERN):
        return hint.attrs["pattern"].hint
    return hint


def as_value(result: object) -> Value:
    """What a function of `re` gave, as a value."""
    if isinstance(result, re.Match):
        groups = tuple(Value(g) for g in result.groups())
        attrs = {"group0": Value(result.group()), "groups": Value(groups)}
        attrs["named"] = Value(tuple(Value((Value(k), Value(v))) for k, v in result.groupdict().items()))
        return Value(InstanceObject(Api(MATCH), attrs))
    if isinstance(result, list):
        return Value(ListObject([as_value(item) for item in result]))
    if isinstance(result, tuple):
        return Value(tuple(as_value(item) for item in result))
    return Value(result)


def compile_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """re.compile() without flags."""
    if len(args) != 1 or kwargs or not isinstance(args[0].hint, str):
        return ev.unknown(frame, node, "re.compile() with flags")
    return Value(InstanceObject(Api(PATTERN), {"pattern": args[0]}))


def method(ev: Evaluator, receiver: Value, name: str, args: Args, node: ast.AST, frame: Frame) -> Value | None:
    """A method of a pattern or of a match; None where the object is neither."""
    hint = receiver.hint
    if not isinstance(hint, InstanceObject) or not isinstance(hint.cls, Api):
        return None
    if hint.cls.name == PATTERN and f"re.{name}" in FUNCTIONS:
        return FUNCTIONS[f"re.{name}"](ev, (receiver, *args), {}, node, frame)
    if hint.cls.name != MATCH:
        return None
    groups = hint.attrs["groups"].hint
    named = hint.attrs["named"].hint
    assert isinstance(groups, tuple) and isinstance(named, tuple)
    if name == "groups" and not args:
        return hint.attrs["groups"]
    if name == "group":
        found = [group(hint.attrs["group0"], groups, named, a.hint) for a in args or (Value(0),)]
        return found[0] if len(found) == 1 else Value(tuple(found))
    return None


def group(whole: Value, groups: tuple[Value, ...], named: tuple[Value, ...], which: object) -> Value:
    """One group of a match by number or name. Raises LookupError."""
    if which == 0:
        return whole
    if isinstance(which, int):
        return groups[which - 1]
    for pair in named:
        assert isinstance(pair.hint, tuple)
        if pair.hint[0].hint == which:
            found = pair.hint[1]
            assert isinstance(found, Value)
            return found
    raise LookupError(f"no such group: {which!r}")


FUNCTIONS: dict[str, Handler] = {
    "re.compile": compile_,
    **{f"re.{n}": tried(n) for n in ("match", "search", "fullmatch", "split", "sub", "findall")},
}
