"""Python's own functions on abstract values."""

from __future__ import annotations

import ast
import builtins as python
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from pivot.dims import Size, dim_max, dim_min
from pivot.dims import hint as dim_hint
from pivot.reading import calls, classes
from pivot.reading.limits_check import check_items
from pivot.reading.methods import dict_method, list_method, text_method
from pivot.reading.modules import ModuleObject
from pivot.reading.values import (
    SIZE,
    Api,
    BoundApi,
    BoundMethod,
    ClassObject,
    DictObject,
    FunctionObject,
    InstanceObject,
    ListObject,
    Origin,
    Partial,
    TensorCell,
    Unknown,
    Value,
    depends_of,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

    Handler = Callable[[Evaluator, tuple[Value, ...], dict[str, Value], ast.AST, Frame], Value]

NAMES = {n for n in dir(python) if not n.startswith("_")} | {"__import__"}
CONSTANTS: dict[str, object] = {
    "math.pi": math.pi,
    "math.e": math.e,
    "math.inf": math.inf,
    "math.nan": math.nan,
    "math.tau": math.tau,
    "numpy.pi": math.pi,
    "numpy.e": math.e,
    "numpy.inf": math.inf,
    "torch.pi": math.pi,
    "torch.inf": math.inf,
    "sys.maxsize": 2**63 - 1,
    "typing.TYPE_CHECKING": False,
    "os.sep": "/",
}
FORBIDDEN = {"exec", "eval", "compile", "open", "input", "__import__", "breakpoint", "globals", "locals", "memoryview"}


def api_constant(name: str) -> Value | None:
    """A library constant whose value is known."""
    return Value(CONSTANTS[name], Origin("literal", None, name)) if name in CONSTANTS else None


def made(hint: object, node: ast.AST, frame: Frame, name: str, *sources: Value) -> Value:
    """A computed value."""
    return Value(hint, Origin("apply", node, frame.file, name, tuple(sources), frame), depends_of(*sources))


def len_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    length = calls.length(ev, args[0])
    if length is not None:
        return made(length, node, frame, "len", args[0])
    hint = args[0].hint
    if isinstance(hint, TensorCell):
        return Value(hint.shape[0], Origin("size", node, frame.file, "0", (args[0],), frame), SIZE)
    found = calls.special_method(ev, args[0], "__len__", (), node, frame)
    if found is not None:
        return found
    if isinstance(hint, Unknown):
        return args[0]
    raise ev.refusal(frame, node, "len() of this value is not read", "use a list, tuple or dict")


def range_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    numbers = []
    for value in args:
        hint = dim_hint(value.hint) if isinstance(value.hint, Size) else value.hint
        if isinstance(hint, Unknown):
            return value
        if isinstance(hint, bool) or not isinstance(hint, int):
            raise ev.refusal(frame, node, f"range() of {calls.readable(value)}", "use whole numbers")
        numbers.append(hint)
    if len(numbers) == 3 and numbers[2] == 0:
        raise ev.refusal(frame, node, "range() with a step of zero", "use another step")
    return made(range(*numbers), node, frame, "range", *args)


def listed(kind: str) -> Handler:
    """list(), tuple(), set(), sorted() and the like share this."""

    def handler(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        items = list(calls.iterate(ev, args[0], node, frame)) if args else []
        check_items(len(items))
        if kind == "reversed":
            items.reverse()
        if kind == "sorted":
            reverse = "reverse" in kwargs and bool(kwargs["reverse"].hint)
            if "key" in kwargs:
                key = kwargs["key"]
                items.sort(
                    key=lambda v: calls.ordered(calls.call_value(ev, key, (v,), {}, node, frame)), reverse=reverse
                )  # type: ignore[arg-type,return-value]
            else:
                items.sort(key=calls.ordered, reverse=reverse)  # type: ignore[arg-type]
        if kind in ("set", "frozenset"):
            unique: dict[object, Value] = {}
            for item in items:
                hint = calls.ordered(item)
                unique.setdefault(hint if not isinstance(hint, (list, tuple)) else str(hint), item)
            return made(ListObject(list(unique.values()), "set"), node, frame, kind)
        if kind == "tuple":
            return made(tuple(items), node, frame, kind, *items)
        return made(ListObject(items), node, frame, kind)

    return handler


def dict_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    from pivot.reading.subscripts import key_of

    entries: dict[object, tuple[Value, Value]] = {}
    if args:
        if isinstance(args[0].hint, DictObject):
            entries.update(args[0].hint.entries)
        elif isinstance(args[0].hint, Unknown):
            return args[0]
        else:
            for pair in calls.iterate(ev, args[0], node, frame):
                key, value = list(calls.iterate(ev, pair, node, frame))[:2]
                entries[key_of(ev, key, node, frame)] = (key, value)
    entries.update({k: (Value(k), v) for k, v in kwargs.items()})
    return made(DictObject(entries), node, frame, "dict")


def enumerate_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    start = args[1].hint if len(args) > 1 else kwargs["start"].hint if "start" in kwargs else 0
    if not isinstance(start, int):
        raise ev.refusal(frame, node, "enumerate() from something that is not a number", "start at a number")
    items = [Value((Value(start + i), item)) for i, item in enumerate(calls.iterate(ev, args[0], node, frame))]
    return Value(ListObject(items))


def zip_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    columns = [list(calls.iterate(ev, a, node, frame)) for a in args]
    return Value(ListObject([Value(tuple(row)) for row in zip(*columns, strict=False)]))


def map_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    columns = [list(calls.iterate(ev, a, node, frame)) for a in args[1:]]
    return Value(
        ListObject([calls.call_value(ev, args[0], tuple(row), {}, node, frame) for row in zip(*columns, strict=False)])
    )


def filter_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    from pivot.reading.expressions import truth

    kept = []
    for item in calls.iterate(ev, args[1], node, frame):
        test = item if args[0].hint is None else calls.call_value(ev, args[0], (item,), {}, node, frame)
        if truth(ev, test, node, frame):
            kept.append(item)
    return Value(ListObject(kept))


def quantified(every: bool) -> Handler:
    """all() and any()."""

    def handler(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        from pivot.reading.expressions import truth

        items = list(calls.iterate(ev, args[0], node, frame))
        results = (truth(ev, item, node, frame) for item in items)
        return made(all(results) if every else any(results), node, frame, "all" if every else "any", *items)

    return handler


def extremum(name: str) -> Handler:
    """max() and min(): of numbers, sizes, or of a sequence."""

    def handler(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        items = list(calls.iterate(ev, args[0], node, frame)) if len(args) == 1 else list(args)
        if not items and "default" in kwargs:
            return kwargs["default"]
        if not items:
            raise ev.refusal(frame, node, f"{name}() of nothing", "check the configuration")
        if any(isinstance(i.hint, Unknown) for i in items):
            return next(i for i in items if isinstance(i.hint, Unknown))
        if any(isinstance(i.hint, Size) for i in items):
            hint = items[0].hint
            for item in items[1:]:
                hint = (dim_max if name == "max" else dim_min)(hint, item.hint)  # type: ignore[arg-type]
            return made(hint, node, frame, name, *items)
        key = (
            (lambda v: calls.ordered(calls.call_value(ev, kwargs["key"], (v,), {}, node, frame)))
            if "key" in kwargs
            else calls.ordered
        )
        best = (max if name == "max" else min)(items, key=key)  # type: ignore[type-var,arg-type]
        return made(best.hint, node, frame, name, *items)

    return handler


def sum_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    from pivot.reading.expressions import apply_binary

    total = args[1] if len(args) > 1 else kwargs.get("start", Value(0))
    for item in calls.iterate(ev, args[0], node, frame):
        if total.hint == 0 and isinstance(item.hint, TensorCell):
            total = item  # 0 + tensor
        else:
            total = apply_binary(ev, ast.Add(), total, item, node, frame)
    return total


def number(name: str, convert: Callable[..., object]) -> Handler:
    """int(), float(), str(), bool(), abs(), round() ... of plain values."""

    def handler(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        if args and isinstance(args[0].hint, Unknown):
            return args[0]
        if args and isinstance(args[0].hint, TensorCell):
            return ev.dialect.scalar_of(ev, args[0], name, node, frame)
        if name == "int" and args and isinstance(args[0].hint, Size):
            return args[0]
        if name == "bool":
            from pivot.reading.expressions import truth

            return made(bool(args) and truth(ev, args[0], node, frame), node, frame, name, *args)
        if name in ("str", "repr") and args and not isinstance(args[0].hint, (int, float, str, bool, Size)):
            return made(calls.readable(args[0]), node, frame, name, *args)
        try:
            return made(convert(*(calls.ordered(a) for a in args)), node, frame, name, *args)
        except (TypeError, ValueError, OverflowError) as error:
            raise ev.refusal(frame, node, f"{name}(): {error}", "use a number") from None

    return handler


def isinstance_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    value, kinds = args
    if isinstance(kinds.hint, ClassObject) and kinds.hint.kind == "enum":
        options: tuple[Value, ...] = (kinds,)
    else:
        options = kinds.hint if isinstance(kinds.hint, tuple) else (kinds,)
    return Value(
        any(is_instance(ev, value, kind) for kind in flatten(options)),
        None,
        value.depends & ~SIZE if not isinstance(value.hint, Size) else 0,
    )


def flatten(options: tuple[Value, ...]) -> list[Value]:
    """Nested tuples of classes."""
    found: list[Value] = []
    for option in options:
        found.extend(flatten(option.hint) if isinstance(option.hint, tuple) else [option])
    return found


PYTHON_TYPES: dict[str, Callable[[object], bool]] = {
    "int": lambda h: isinstance(h, (int, Size)),
    "float": lambda h: isinstance(h, float),
    "bool": lambda h: isinstance(h, bool),
    "str": lambda h: isinstance(h, str),
    "bytes": lambda h: isinstance(h, bytes),
    "tuple": lambda h: isinstance(h, tuple) or (isinstance(h, InstanceObject) and h.items is not None),
    "list": lambda h: isinstance(h, ListObject) and h.kind == "list",
    "set": lambda h: isinstance(h, ListObject) and h.kind == "set",
    "dict": lambda h: isinstance(h, DictObject),
    "slice": lambda h: isinstance(h, slice),
    "type": lambda h: isinstance(h, ClassObject) or (isinstance(h, Api) and h.name.rpartition(".")[2][:1].isupper()),
    "object": lambda h: True,
    "range": lambda h: isinstance(h, range),
    "complex": lambda h: isinstance(h, complex),
}
ABSTRACT_TYPES: dict[str, str] = {
    "Iterable": "list tuple dict set str range",
    "Sequence": "list tuple str range",
    "Mapping": "dict",
    "MutableMapping": "dict",
    "Container": "list tuple dict set",
    "Collection": "list tuple dict set",
    "Number": "int float bool",
    "Integral": "int bool",
    "Real": "int float bool",
    "OrderedDict": "dict",
    "Hashable": "int str tuple",
    "List": "list",
    "Tuple": "tuple",
    "Dict": "dict",
    "MutableSequence": "list",
}


def is_instance(ev: Evaluator, value: Value, kind: Value) -> bool:
    """isinstance of one hint and one class."""
    hint, cls = value.hint, kind.hint
    if isinstance(cls, ClassObject):
        own = hint.cls if isinstance(hint, (ModuleObject, InstanceObject)) else None
        return own is not None and classes.descends(own, cls, ev)
    if not isinstance(cls, Api):
        return False
    root, _, last = cls.name.rpartition(".")
    if root == "builtins" and last in PYTHON_TYPES:
        return PYTHON_TYPES[last](hint)
    if root.partition(".")[0] in ("typing", "collections", "numbers") and last in ABSTRACT_TYPES:
        return any(PYTHON_TYPES[t](hint) for t in ABSTRACT_TYPES[last].split())
    if last == "Callable" or cls.name in ("types.FunctionType", "types.LambdaType", "types.MethodType"):
        return isinstance(hint, (FunctionObject, BoundMethod, Partial)) or (
            last == "Callable" and isinstance(hint, (ClassObject, Api, ModuleObject))
        )
    if isinstance(hint, ModuleObject):
        return classes.descends(hint.cls, cls, ev)
    if isinstance(hint, InstanceObject):
        return classes.descends(hint.cls, cls, ev) if isinstance(hint.cls, ClassObject) else hint.cls == cls
    return ev.dialect.is_instance(hint, cls.name)


def issubclass_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    cls, kinds = args
    options = flatten(kinds.hint if isinstance(kinds.hint, tuple) else (kinds,))
    hint = cls.hint
    if isinstance(hint, (ClassObject, Api)):
        return Value(any(classes.descends(hint, o.hint, ev) for o in options if isinstance(o.hint, (ClassObject, Api))))
    raise ev.refusal(frame, node, "issubclass() of something that is not a class", "pass a class")


def getattr_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    from pivot.problems import Refusal
    from pivot.reading import lookup

    attr = args[1].hint
    if not isinstance(attr, str):
        raise ev.refusal(frame, node, "getattr() by a name that is not known", "use a plain name")
    if len(args) > 2 and not has(ev, args[0], attr, node, frame):
        return args[2]
    try:
        return lookup.attribute(ev, args[0], attr, node, frame)
    except Refusal:
        if len(args) > 2:
            return args[2]
        raise


def has(ev: Evaluator, owner: Value, attr: str, node: ast.AST, frame: Frame) -> bool:
    """hasattr()."""
    from pivot.problems import Refusal
    from pivot.reading import lookup

    hint = owner.hint
    if isinstance(hint, Api):
        return ev.dialect.knows(f"{hint.name}.{attr}")
    try:
        value = lookup.attribute(ev, owner, attr, node, frame)
    except Refusal:
        return False
    if isinstance(value.hint, BoundApi):
        return ev.dialect.has_method(hint, attr)
    return True


def hasattr_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    attr = args[1].hint
    return Value(isinstance(attr, str) and has(ev, args[0], attr, node, frame))


def setattr_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    from pivot.reading import lookup

    if not isinstance(args[1].hint, str):
        raise ev.refusal(frame, node, "setattr() by a name that is not known", "use a plain name")
    lookup.set_attribute(ev, args[0], args[1].hint, args[2], node, frame)
    return Value(None)


def type_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    hint = args[0].hint
    if isinstance(hint, (ModuleObject, InstanceObject)):
        return Value(hint.cls)
    for name, test in PYTHON_TYPES.items():
        if name not in ("object", "type") and test(hint) and not (name == "int" and isinstance(hint, bool)):
            return Value(Api(f"builtins.{name}"))
    return Value(Api("builtins.object"))


def next_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    for item in calls.iterate(ev, args[0], node, frame):
        if isinstance(args[0].hint, ListObject):
            ev.replace_items(args[0].hint.items, args[0].hint.items[1:])
        return item
    if len(args) > 1:
        return args[1]
    raise ev.refusal(frame, node, "next() of an empty iterator", "check the configuration")


def callable_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    return Value(isinstance(args[0].hint, (FunctionObject, BoundMethod, ClassObject, Api, Partial, ModuleObject)))


def nothing(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    return Value(None)


def first(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    return args[0]


def exception(name: str) -> Handler:
    """An exception object: its message is kept for the refusal."""

    def handler(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        return Value(f"{name}: {calls.readable(args[0]) if args else ''}")

    return handler


def forbidden(name: str) -> Handler:
    """What would execute or read from outside is never done; its value is unknown."""

    def handler(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        ev.note(
            frame, node, f"{name}() is not executed", "its value is unknown to the reader", "not-executed", "warning"
        )
        return ev.unknown(frame, node, f"{name}() is not executed")

    return handler


def vars_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    hint = args[0].hint if args else None
    attrs = hint.attrs if isinstance(hint, (InstanceObject, ModuleObject)) else {}
    return Value(DictObject({k: (Value(k), v) for k, v in attrs.items()}))


def pow_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    from pivot.reading.expressions import apply_binary

    return apply_binary(ev, ast.Pow(), args[0], args[1], node, frame)


def divmod_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    from pivot.reading.expressions import apply_binary

    return Value(
        (apply_binary(ev, ast.FloorDiv(), *args, node, frame), apply_binary(ev, ast.Mod(), *args, node, frame))
    )


def slice_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    parts = [Value(None), args[0], Value(None)] if len(args) == 1 else [*args, Value(None)][:3]
    return Value(slice(*parts))


def round_(*numbers: float) -> object:
    """round() with whole digits."""
    return round(numbers[0], int(numbers[1])) if len(numbers) > 1 else round(numbers[0])


FUNCTIONS: dict[str, Handler] = {
    "builtins.len": len_,
    "builtins.range": range_,
    "builtins.dict": dict_,
    "builtins.enumerate": enumerate_,
    "builtins.zip": zip_,
    "builtins.map": map_,
    "builtins.filter": filter_,
    "builtins.sum": sum_,
    "builtins.isinstance": isinstance_,
    "builtins.issubclass": issubclass_,
    "builtins.getattr": getattr_,
    "builtins.hasattr": hasattr_,
    "builtins.setattr": setattr_,
    "builtins.type": type_,
    "builtins.next": next_,
    "builtins.callable": callable_,
    "builtins.print": nothing,
    "builtins.iter": listed("list"),
    "builtins.vars": vars_,
    "builtins.all": quantified(True),
    "builtins.any": quantified(False),
    "builtins.pow": pow_,
    "builtins.divmod": divmod_,
    "builtins.slice": slice_,
    "builtins.id": nothing,
    **{f"builtins.{n}": listed(n) for n in ("list", "tuple", "set", "frozenset", "sorted", "reversed")},
    **{f"builtins.{n}": extremum(n) for n in ("max", "min")},
    **{
        f"builtins.{n}": number(n, f)
        for n, f in {
            "int": int,
            "float": float,
            "str": str,
            "bool": bool,
            "abs": abs,
            "round": round_,
            "repr": repr,
            "ord": ord,
            "chr": chr,
            "complex": complex,
            "hash": hash,
            "hex": hex,
            "bin": bin,
        }.items()
    },
    **{f"builtins.{n}": forbidden(n) for n in FORBIDDEN},
    **{f"builtins.{n}": exception(n) for n in NAMES if n.endswith(("Error", "Exception", "Warning"))},
}


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
    hint = receiver.hint
    if isinstance(hint, ListObject):
        return list_method(ev, hint, receiver, name, args, kwargs, node, frame)
    if isinstance(hint, DictObject):
        return dict_method(ev, hint, name, args, kwargs, node, frame)
    if isinstance(hint, (str, tuple, bytes, int, float)):
        return text_method(ev, receiver, name, args, kwargs, node, frame)
    if isinstance(hint, InstanceObject) and name == "_replace":
        copy = InstanceObject(hint.cls, {**hint.attrs, **kwargs})
        copy.items = tuple(copy.attrs.values()) if hint.items is not None else None
        return Value(copy)
    if isinstance(hint, InstanceObject) and name == "_asdict":
        return Value(DictObject({k: (Value(k), v) for k, v in hint.attrs.items()}))
    if any(isinstance(v.hint, TensorCell) for v in (*args, *kwargs.values())):
        return ev.dialect.unmapped(ev, args, kwargs, node, frame, f"the method {name!r} is not known")
    return ev.unknown(frame, node, f"the method {name!r} of this value is not read")
