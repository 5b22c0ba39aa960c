"""What Python sees of a value: its hint as an index, for comparing, as text."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from pivot.dims import Quotient, Size
from pivot.dims import hint as dim_hint
from pivot.reading.bombs import check_nested
from pivot.reading.modules import ModuleObject
from pivot.reading.values import (
    Api,
    ClassObject,
    DictObject,
    FunctionObject,
    InstanceObject,
    ListObject,
    TensorCell,
    Unknown,
    Value,
    plain,
)


def index_hint(value: Value) -> object:
    """An index as Python's own int or slice."""
    hint = value.hint
    if isinstance(hint, Size):
        return dim_hint(hint)
    if isinstance(hint, slice):
        parts = [p.hint if isinstance(p, Value) else p for p in (hint.start, hint.stop, hint.step)]
        return slice(*(dim_hint(p) if isinstance(p, Size) else p for p in parts))
    return hint


VALUED = {"builtins.str", "builtins.int", "enum.StrEnum", "enum.IntEnum"}


PRINTED = {"enum.StrEnum", "enum.IntEnum"}


def own_value(hint: object) -> object:
    """What a member of `class Mode(str, Enum)` is: its text; everything else is itself."""
    if not isinstance(hint, InstanceObject) or not isinstance(hint.cls, ClassObject) or hint.cls.kind != "enum":
        return hint
    if not any(isinstance(c, Api) and c.name in VALUED for c in hint.cls.mro()):
        return hint
    return hint.attrs["value"].hint if "value" in hint.attrs else hint


def own_text(hint: object) -> object:
    """What a member of an enumeration is in an f-string: `Mode.CAT`, or its value where the class says so."""
    value = own_value(hint)
    if value is hint or not isinstance(hint, InstanceObject) or not isinstance(hint.cls, ClassObject):
        return hint
    chain = hint.cls.mro()
    said = [s for c in chain if isinstance(c, ClassObject) for s in c.pending.get("__str__", [])]
    returned = (
        {ast.unparse(r.value) for r in ast.walk(said[0]) if isinstance(r, ast.Return) and r.value} if said else set()
    )
    if returned == {"self.value"} or (not said and any(isinstance(c, Api) and c.name in PRINTED for c in chain)):
        return value
    return hint if said else f"{hint.cls.name}.{hint.attrs['name'].hint}"


def ordered(value: Value) -> object:
    """A hint that Python can compare: sizes as their numbers, tuples of these."""
    check_nested(value.hint)
    return _ordered(value)


def _ordered(value: Value) -> object:
    hint = own_value(value.hint)
    if isinstance(hint, Size):
        return dim_hint(hint)
    if isinstance(hint, Quotient):
        return float(hint)
    if isinstance(hint, tuple):
        return tuple(_ordered(v) for v in hint)
    if isinstance(hint, ListObject):
        return [_ordered(v) for v in hint.items]
    if isinstance(hint, InstanceObject) and hint.items is not None:
        return tuple(_ordered(v) for v in hint.items)
    return hint


def scalar(value: Value) -> object:
    """A hint for formatting."""
    hint = ordered(value)
    return hint if isinstance(hint, (int, float, str, bool, type(None))) else readable(value)


def readable(value: Value, depth: int = 4) -> str:
    """Any hint as short text, for messages; what is nested deeper than `depth` is left out."""
    hint = value.hint
    if depth == 0 and isinstance(hint, (ListObject, DictObject, tuple)):
        return "..."
    if isinstance(hint, TensorCell):
        return f"a tensor of shape {tuple(str(d) for d in hint.shape)}"
    if isinstance(hint, (ListObject, tuple)):
        items = hint.items if isinstance(hint, ListObject) else hint
        text = ", ".join(readable(v, depth - 1) for v in list(items)[:8]) + (", ..." if len(items) > 8 else "")
        return f"[{text}]" if isinstance(hint, ListObject) else f"({text})"
    if isinstance(hint, DictObject):
        return "{" + ", ".join(f"{k!r}: {readable(v, depth - 1)}" for k, (_, v) in list(hint.entries.items())[:8]) + "}"
    if isinstance(hint, ModuleObject):
        return hint.class_name
    if isinstance(hint, (ClassObject, FunctionObject)):
        return hint.name
    if isinstance(hint, Api):
        return hint.name
    if isinstance(hint, InstanceObject):
        return f"an object of {hint.cls.name}"
    if isinstance(hint, Unknown):
        return repr(hint)
    return str(hint)[:200] if plain(hint) or isinstance(hint, (Size, range)) else "a function"


def length(value: Value) -> int | None:
    """len() of a hint, or None where it has none."""
    hint = value.hint
    if isinstance(hint, ListObject):
        return len(hint.items)
    if isinstance(hint, DictObject):
        return len(hint.entries)
    if isinstance(hint, (tuple, str, range, bytes)):
        return len(hint)
    if isinstance(hint, InstanceObject) and hint.items is not None:
        return len(hint.items)
    if isinstance(hint, InstanceObject) and hint.data is not None:
        return length(hint.data)
    if isinstance(hint, ModuleObject) and hint.container:
        return len(hint.members())
    return None


def identical(a: object, b: object) -> bool:
    """`a is b` on hints."""
    if isinstance(a, Api) and isinstance(b, Api):
        return a.name == b.name
    if a is None or b is None or isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, str)) and isinstance(b, (int, str)):
        return a == b
    return a is b


def equal(left: Value, right: Value) -> bool:
    """`left == right` on hints; sizes by their numbers, containers by their items."""
    check_nested(left.hint)
    return _equal(left, right)


def _equal(left: Value, right: Value) -> bool:
    a, b = own_value(left.hint), own_value(right.hint)
    if isinstance(a, Size) or isinstance(b, Size):
        return (
            isinstance(a, (int, float, Size)) and isinstance(b, (int, float, Size)) and ordered(left) == ordered(right)
        )
    if isinstance(a, ListObject) and isinstance(b, ListObject):
        return len(a.items) == len(b.items) and all(_equal(x, y) for x, y in zip(a.items, b.items, strict=True))
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(_equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, DictObject) and isinstance(b, DictObject):
        return a.entries.keys() == b.entries.keys() and all(_equal(a.entries[k][1], b.entries[k][1]) for k in a.entries)
    if isinstance(a, InstanceObject) and isinstance(b, InstanceObject) and a.items is not None and b.items is not None:
        return ordered(left) == ordered(right)
    return bool(a == b)


def unique(items: Iterable[Value]) -> list[Value]:
    """The items of a set, in the order in which they came."""
    found: dict[object, Value] = {}
    for item in items:
        hint = ordered(item)
        found.setdefault(str(hint) if isinstance(hint, (list, tuple)) else hint, item)
    return list(found.values())
