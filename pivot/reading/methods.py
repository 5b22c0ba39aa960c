"""Methods of lists, dicts and strings on abstract values; changes of containers can be undone."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.dims import Size, product
from pivot.reading import command_line, number_arrays, registries, regular
from pivot.reading.bombs import check_format, check_items, check_product, check_text
from pivot.reading.hints import equal, ordered, own_value, readable, unique
from pivot.reading.iterating import iterate
from pivot.reading.subscripts import key_of, was_asked
from pivot.reading.trace import Visit
from pivot.reading.values import (
    Api,
    DictObject,
    InstanceObject,
    ListObject,
    Origin,
    TensorCell,
    Unknown,
    Value,
    depends_of,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def list_method(
    ev: Evaluator,
    box: ListObject,
    receiver: Value,
    name: str,
    args: tuple[Value, ...],
    kwargs: dict[str, Value],
    node: ast.AST,
    frame: Frame,
) -> Value:
    """append, extend, insert, pop ... of a list, set or deque."""
    if name == "append":
        check_items(len(box.items) + 1)
        ev.append_item(box.items, args[0])
        return Value(None)
    items = list(box.items)
    result = Value(None)
    if name == "add":
        if not any(equal(item, args[0]) for item in items):
            items.append(args[0])
    elif name == "discard":
        items = [item for item in items if not equal(item, args[0])]
    elif name in ("extend", "update"):
        items.extend(iterate(ev, args[0], node, frame))
        items = unique(items) if box.kind == "set" else items
    elif name == "extendleft":
        items = [*reversed(list(iterate(ev, args[0], node, frame))), *items]
    elif name == "insert":
        items.insert(int(str(ordered(args[0]))), args[1])
    elif name in ("pop", "popleft"):
        at = 0 if name == "popleft" else int(str(ordered(args[0]))) if args else -1
        if not items:
            raise ev.refusal(frame, node, "pop() from an empty list", "check the configuration")
        result = items.pop(at)
    elif name == "reverse":
        items.reverse()
    elif name == "clear":
        items.clear()
    elif name == "sort":
        items.sort(key=ordered)  # type: ignore[arg-type]
    elif name == "remove":
        items.remove(next(i for i in items if equal(i, args[0])))
    elif name == "appendleft":
        items.insert(0, args[0])
    elif name == "copy":
        return Value(ListObject(items, box.kind))
    elif name in ("index", "count"):
        hits = [i for i, item in enumerate(items) if equal(item, args[0])]
        if name == "count":
            return Value(len(hits))
        if not hits:
            raise ev.refusal(frame, node, "the value is not in the list", "check the configuration")
        return Value(hits[0])
    elif name in ("union", "intersection", "difference", "issubset", "issuperset"):
        return set_method(ev, items, name, args, node, frame)
    else:
        return ev.unknown(frame, node, f"list.{name}")
    check_items(len(items))
    ev.replace_items(box.items, items)
    return result


def set_method(
    ev: Evaluator, items: list[Value], name: str, args: tuple[Value, ...], node: ast.AST, frame: Frame
) -> Value:
    """Set algebra on plain hints."""
    mine = {ordered(i): i for i in items}
    other = {ordered(i): i for i in iterate(ev, args[0], node, frame)}
    if name == "issubset":
        return Value(mine.keys() <= other.keys())
    if name == "issuperset":
        return Value(mine.keys() >= other.keys())
    if name == "union":
        return Value(ListObject(list({**mine, **other}.values()), "set"))
    keep = name == "intersection"
    return Value(ListObject([v for k, v in mine.items() if (k in other) is keep], "set"))


def dict_method(
    ev: Evaluator,
    box: DictObject,
    name: str,
    args: tuple[Value, ...],
    kwargs: dict[str, Value],
    node: ast.AST,
    frame: Frame,
) -> Value:
    """items, get, update, pop, setdefault ... of a dict."""
    if name == "items":
        return Value(ListObject([Value((k, v)) for k, v in box.entries.values()]))
    if name == "keys":
        return Value(ListObject([k for k, _ in box.entries.values()], "keys"))
    if name == "values":
        return Value(ListObject([v for _, v in box.entries.values()]))
    if name == "copy":
        return Value(DictObject(dict(box.entries), box.kind, box.factory))
    if name in ("get", "pop", "setdefault"):
        key = key_of(ev, args[0], node, frame)
        default = args[1] if len(args) > 1 else kwargs.get("default", Value(None))
        hit = box.entries.get(key)
        if hit is None and registries.fill(ev, box):
            hit = box.entries.get(key)
        if hit is not None:
            was_asked(ev, box, key)
        if name == "pop":
            if hit is None and len(args) < 2:
                raise ev.refusal(frame, node, f"the dict has no key {key!r}", "check the configuration", "key")
            change(ev, box, {k: v for k, v in box.entries.items() if k != key})
        if name == "setdefault" and hit is None:
            change(ev, box, {**box.entries, key: (args[0], default)})
        return hit[1] if hit is not None else default
    if name == "clear":
        change(ev, box, {})
        return Value(None)
    if name in ("popitem", "move_to_end"):
        if not box.entries:
            raise ev.refusal(frame, node, f"{name}() of an empty dict", "check the configuration", "key")
        last = (args[0] if args and name == "popitem" else kwargs.get("last", Value(True))).hint is not False
        if name == "move_to_end":
            key = key_of(ev, args[0], node, frame)
            rest = {k: v for k, v in box.entries.items() if k != key}
            moved = {key: box.entries[key]}
            change(ev, box, {**rest, **moved} if last else {**moved, **rest})
            return Value(None)
        key = (list(box.entries)[-1]) if last else next(iter(box.entries))
        taken = box.entries[key]
        change(ev, box, {k: v for k, v in box.entries.items() if k != key})
        return Value(taken)
    if name == "update":
        entries = dict(box.entries)
        for source in args:
            if isinstance(source.hint, DictObject):
                entries.update(source.hint.entries)
            else:
                for pair in iterate(ev, source, node, frame):
                    made_key, value = list(iterate(ev, pair, node, frame))[:2]
                    entries[key_of(ev, made_key, node, frame)] = (made_key, value)
        entries.update({k: (Value(k), v) for k, v in kwargs.items()})
        change(ev, box, entries)
        return Value(None)
    return ev.unknown(frame, node, f"dict.{name}")


def change(ev: Evaluator, box: DictObject, entries: dict[object, tuple[Value, Value]]) -> None:
    """Replace the entries of a dict, undoable."""
    ev.effects += 1
    old = box.entries
    box.entries = entries

    def undo() -> None:
        box.entries = old

    ev.undoable(undo)


TEXT_METHODS = {
    "lower", "upper", "strip", "lstrip", "rstrip", "split", "rsplit", "replace", "startswith", "endswith",
    "join", "format", "title", "capitalize", "find", "count", "index", "isdigit", "isalpha", "partition",
    "rpartition", "zfill", "removeprefix", "removesuffix", "splitlines", "is_integer", "bit_length", "casefold",
    "swapcase", "isupper", "islower", "isidentifier", "isalnum", "isnumeric",
}  # fmt: skip


def check_text_call(text: object, name: str, args: list[object], named: dict[str, object]) -> None:
    """Refuse what would make a very long text out of short ones."""
    if name == "format":
        check_format(str(text), *args, *named.values())
    if not isinstance(text, str) or not args:
        return
    if name == "replace" and len(args) > 1:
        check_text(text.count(str(args[0])) * len(str(args[1])) + len(text))
    if name == "join" and isinstance(args[0], list):
        check_text(sum(map(len, args[0])) + len(text) * len(args[0]))
    if name == "zfill" and isinstance(args[0], int):
        check_text(args[0])


def text_method(
    ev: Evaluator,
    receiver: Value,
    name: str,
    args: tuple[Value, ...],
    kwargs: dict[str, Value],
    node: ast.AST,
    frame: Frame,
) -> Value:
    """Methods of strings, tuples and numbers: computed by Python on plain values."""
    hint = receiver.hint
    if isinstance(hint, tuple):
        if name == "numel":
            return Value(
                product([d for d in (v.hint for v in hint) if isinstance(d, (int, Size))]), None, receiver.depends
            )
        if name in ev.dialect.shape_lists:
            ev.visit(Visit(node, frame, "dropped", None, (receiver,), name="identity"))
            return Value(ListObject(list(hint)), None, receiver.depends)
        if hasattr(list, name) and not hasattr(tuple, name):
            raise ev.refusal(frame, node, f"a tuple has no {name}()", "make it a list")
        return list_method(ev, ListObject(list(hint)), receiver, name, args, kwargs, node, frame)
    if name not in TEXT_METHODS:
        return ev.unknown(frame, node, f"the method {name!r}")
    plain = [ordered(a) if not isinstance(a.hint, (Unknown, InstanceObject)) else readable(a) for a in args]
    named = {k: ordered(v) for k, v in kwargs.items()}
    if name == "join":
        plain = [[str(ordered(i)) for i in iterate(ev, args[0], node, frame)]]
    check_text_call(hint, name, plain, named)
    try:
        result = getattr(hint, name)(*plain, **named)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise ev.refusal(frame, node, f"{name}(): {error}", "check the arguments") from None
    if isinstance(result, str):
        check_product(result, 1)
    sources = (receiver, *args)
    if isinstance(result, list):
        return Value(ListObject([Value(r) for r in result]))
    if isinstance(result, tuple):
        result = tuple(Value(r) for r in result)
    assert not isinstance(result, Size)
    return Value(result, Origin("apply", node, frame.file, name, sources, frame), depends_of(*sources))


def method(
    ev: Evaluator,
    receiver: Value,
    name: str,
    args: tuple[Value, ...],
    kwargs: dict[str, Value],
    node: ast.AST,
    frame: Frame,
) -> Value:
    """A method of a list, dict, string or other plain value."""
    hint = own_value(receiver.hint)
    receiver = receiver if hint is receiver.hint else Value(hint, receiver.origin)
    if isinstance(hint, ListObject) and hint.kind == "array":
        if name == "tolist":
            return Value(ListObject(list(hint.items)), Origin("apply", node, frame.file, name, (receiver,), frame))
        if name == "astype" and len(args) == 1 and not kwargs and (kind := number_arrays.kind_of(args[0])):
            again = number_arrays.array(Value(hint), kind)
            return Value(again.hint, Origin("apply", node, frame.file, name, (receiver, *args), frame))
        raise ev.refusal(frame, node, f"the method {name!r} of a NumPy array is not read", "use .tolist()")
    if isinstance(hint, ListObject):
        return list_method(ev, hint, receiver, name, args, kwargs, node, frame)
    if isinstance(hint, DictObject):
        return dict_method(ev, hint, name, args, kwargs, node, frame)
    if isinstance(hint, (str, tuple, bytes, int, float)):
        return text_method(ev, receiver, name, args, kwargs, node, frame)
    parsed = command_line.method(ev, receiver, name, args, kwargs, node, frame)
    if parsed is not None:
        return parsed
    if isinstance(hint, InstanceObject) and hint.data is not None:
        return method(ev, hint.data, name, args, kwargs, node, frame)
    if isinstance(hint, InstanceObject) and isinstance(hint.cls, Api) and hint.cls.name.startswith("torch.autograd."):
        return Value(None)  # what a function keeps for its own gradient
    if isinstance(hint, InstanceObject) and name == "_replace":
        copy = InstanceObject(hint.cls, {**hint.attrs, **kwargs})
        copy.items = tuple(copy.attrs.values()) if hint.items is not None else None
        return Value(copy)
    if isinstance(hint, InstanceObject) and name == "_asdict":
        return Value(DictObject({k: (Value(k), v) for k, v in hint.attrs.items()}))
    found = regular.method(ev, receiver, name, args, node, frame)
    if found is not None:
        return found
    if any(isinstance(v.hint, TensorCell) for v in (*args, *kwargs.values())):
        return ev.dialect.unmapped(ev, args, kwargs, node, frame, f"the method {name!r} is not known")
    return ev.unknown(frame, node, f"the method {name!r} of this value is not read")
