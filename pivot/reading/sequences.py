"""list(), dict(), zip(), map() and what else makes or walks containers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading.bombs import check_items
from pivot.reading.comparing import truth
from pivot.reading.handlers import Args, Handler, Kwargs, made
from pivot.reading.hints import ordered, unique
from pivot.reading.iterating import iterate
from pivot.reading.subscripts import key_of
from pivot.reading.values import DictObject, ListObject, Unknown, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def listed(kind: str) -> Handler:
    """list(), tuple(), set(), sorted() and the like share this."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        items = list(iterate(ev, args[0], node, frame)) if args else []
        check_items(len(items))
        if kind == "reversed":
            items.reverse()
        if kind == "sorted":
            reverse = "reverse" in kwargs and bool(kwargs["reverse"].hint)
            if "key" in kwargs:
                key = kwargs["key"]
                items.sort(key=lambda v: ordered(ev.call(key, (v,), {}, node, frame)), reverse=reverse)  # type: ignore[arg-type,return-value]
            else:
                items.sort(key=ordered, reverse=reverse)  # type: ignore[arg-type]
        if kind in ("set", "frozenset"):
            return made(ListObject(unique(items), "set"), node, frame, kind)
        if kind == "tuple":
            return made(tuple(items), node, frame, kind, *items)
        return made(ListObject(items), node, frame, kind)

    return handler


def dict_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """dict() and OrderedDict()."""
    entries: dict[object, tuple[Value, Value]] = {}
    if args:
        if isinstance(args[0].hint, DictObject):
            entries.update(args[0].hint.entries)
        elif isinstance(args[0].hint, Unknown):
            return args[0]
        else:
            for pair in iterate(ev, args[0], node, frame):
                key, value = list(iterate(ev, pair, node, frame))[:2]
                entries[key_of(ev, key, node, frame)] = (key, value)
    entries.update({k: (Value(k), v) for k, v in kwargs.items()})
    return made(DictObject(entries), node, frame, "dict")


def defaultdict(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """A dict that makes what it is asked for and lacks."""
    made_dict = dict_(ev, args[1:], kwargs, node, frame)
    if args and args[0].hint is not None and isinstance(made_dict.hint, DictObject):
        made_dict.hint.factory = args[0]
    return made_dict


def part(node: ast.AST, place: int) -> ast.AST:
    """The argument of a call at a place; the call itself where a `*` stands before it."""
    args = node.args[: place + 1] if isinstance(node, ast.Call) else []
    return args[place] if len(args) > place and not any(isinstance(a, ast.Starred) for a in args) else node


def enumerate_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """enumerate()."""
    start = args[1].hint if len(args) > 1 else kwargs["start"].hint if "start" in kwargs else 0
    if not isinstance(start, int):
        raise ev.refusal(frame, node, "enumerate() from something that is not a number", "start at a number")
    items = [Value((Value(start + i), item)) for i, item in enumerate(iterate(ev, args[0], part(node, 0), frame))]
    return Value(ListObject(items))


def zip_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """zip()."""
    columns = [list(iterate(ev, a, part(node, i), frame)) for i, a in enumerate(args)]
    return Value(ListObject([Value(tuple(row)) for row in zip(*columns, strict=False)]))


def map_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """map()."""
    columns = [list(iterate(ev, a, node, frame)) for a in args[1:]]
    return Value(ListObject([ev.call(args[0], tuple(row), {}, node, frame) for row in zip(*columns, strict=False)]))


def filter_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """filter()."""
    kept = []
    for item in iterate(ev, args[1], node, frame):
        test = item if args[0].hint is None else ev.call(args[0], (item,), {}, node, frame)
        if truth(ev, test, node, frame):
            kept.append(item)
    return Value(ListObject(kept))


def next_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """next(): takes the first item out."""
    for item in iterate(ev, args[0], node, frame):
        if isinstance(args[0].hint, ListObject):
            ev.replace_items(args[0].hint.items, args[0].hint.items[1:])
        return item
    if len(args) > 1:
        return args[1]
    raise ev.refusal(frame, node, "next() of an empty iterator", "check the configuration")


FUNCTIONS: dict[str, Handler] = {
    "builtins.dict": dict_,
    "builtins.enumerate": enumerate_,
    "builtins.zip": zip_,
    "builtins.map": map_,
    "builtins.filter": filter_,
    "builtins.next": next_,
    "builtins.iter": listed("list"),
    **{f"builtins.{n}": listed(n) for n in ("list", "tuple", "set", "frozenset", "sorted", "reversed")},
    "collections.OrderedDict": dict_,
    "collections.defaultdict": defaultdict,
    "collections.deque": listed("list"),
}
