"""Python's own functions on abstract values."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.dims import Quotient, Size, dim_max, dim_min
from pivot.dims import hint as dim_hint
from pivot.reading import classes, hints
from pivot.reading.bombs import check_bits
from pivot.reading.comparing import truth
from pivot.reading.constants import NAMES
from pivot.reading.handlers import Args, Handler, Kwargs, made
from pivot.reading.hints import ordered, readable
from pivot.reading.iterating import iterate
from pivot.reading.operators import apply_binary
from pivot.reading.trace import Visit
from pivot.reading.values import (
    SIZE,
    DictObject,
    Origin,
    TensorCell,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


FORBIDDEN = {"exec", "eval", "compile", "open", "input", "__import__", "breakpoint", "globals", "memoryview"}


def len_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """len(): of a tensor the first size."""
    length = hints.length(args[0])
    if length is not None:
        ev.trace.counted.add(id(node))
        counted = made(length, node, frame, "len", args[0])
        return replace(counted, depends=counted.depends & ~SIZE) if is_shape(args[0]) else counted
    hint = args[0].hint
    if isinstance(hint, TensorCell):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len":
            ev.visit(Visit(node, frame, "size", None, (args[0],), name="len"))
        return Value(hint.shape[0], Origin("size", node, frame.file, "0", (args[0],), frame), SIZE)
    found = classes.special_method(ev, args[0], "__len__", (), node, frame)
    if found is not None:
        return found
    if isinstance(hint, Unknown):
        return args[0]
    raise ev.refusal(frame, node, "len() of this value is not read", "use a list, tuple or dict")


def is_shape(value: Value) -> bool:
    """Are these all sizes of one tensor? How many there are depends on no size."""
    items = value.hint if isinstance(value.hint, tuple) else ()
    origins = [item.origin for item in items if isinstance(item, Value) and item.origin is not None]
    whole = bool(items) and len(origins) == len(items) and all(origin.kind == "size" for origin in origins)
    return whole and all(origin.sources[:1] == origins[0].sources[:1] for origin in origins)


def locals_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """locals(): the names of the function so far."""
    return Value(DictObject({name: (Value(name), value) for name, value in frame.scope.names.items()}))


def range_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """range() over hints."""
    numbers = []
    for value in args:
        hint = dim_hint(value.hint) if isinstance(value.hint, Size) else value.hint
        if isinstance(hint, Unknown):
            return value
        if isinstance(hint, bool) or not isinstance(hint, int):
            raise ev.refusal(frame, node, f"range() of {readable(value)}", "use whole numbers")
        numbers.append(hint)
        ev.count_size(value.hint, node, frame)
    if len(numbers) == 3 and numbers[2] == 0:
        raise ev.refusal(frame, node, "range() with a step of zero", "use another step")
    return made(range(*numbers), node, frame, "range", *args)


def quantified(every: bool) -> Handler:
    """all() and any()."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        items = list(iterate(ev, args[0], node, frame))
        results = (truth(ev, item, node, frame) for item in items)
        return made(all(results) if every else any(results), node, frame, "all" if every else "any", *items)

    return handler


def extremum(name: str) -> Handler:
    """max() and min(): of numbers, sizes, or of a sequence."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        items = list(iterate(ev, args[0], node, frame)) if len(args) == 1 else list(args)
        if not items and "default" in kwargs:
            return kwargs["default"]
        if not items:
            raise ev.refusal(frame, node, f"{name}() of nothing", "check the configuration")
        if any(isinstance(i.hint, Unknown) for i in items):
            return next(i for i in items if isinstance(i.hint, Unknown))
        if any(isinstance(i.hint, Size) for i in items) and not any(isinstance(i.hint, Quotient) for i in items):
            hint = items[0].hint
            for item in items[1:]:
                hint = (dim_max if name == "max" else dim_min)(hint, item.hint)  # type: ignore[arg-type]
            return made(hint, node, frame, name, *items)
        key = (lambda v: ordered(ev.call(kwargs["key"], (v,), {}, node, frame))) if "key" in kwargs else ordered
        best = (max if name == "max" else min)(items, key=key)  # type: ignore[arg-type]
        hint = float(best.hint) if isinstance(best.hint, Quotient) else best.hint  # its text is kept, its number here
        return made(hint, node, frame, name, *items)

    return handler


def sum_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """sum(), of tensors too."""
    total = args[1] if len(args) > 1 else kwargs.get("start", Value(0))
    for place, item in enumerate(iterate(ev, args[0], node, frame)):
        if isinstance(total.hint, int) and total.hint == 0 and isinstance(item.hint, TensorCell):
            total = item  # 0 + tensor
        else:
            total = apply_binary(ev, ast.Add(), total, item, ev.trace.part(node, place), frame)
    return total


def number(name: str, convert: Callable[..., object]) -> Handler:
    """int(), float(), str(), bool(), abs(), round() ... of plain values."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        if args and isinstance(args[0].hint, Unknown):
            return args[0]
        if args and isinstance(args[0].hint, TensorCell):
            return ev.dialect.scalar_of(ev, args[0], name, node, frame)
        if name == "int" and args and isinstance(args[0].hint, Size):
            return args[0]
        if args and isinstance(args[0].hint, Quotient):
            if name not in ("int", "ceil", "floor", "trunc"):
                raise ev.refusal(frame, node, f"{name}() of a fraction of a size", "round it to a size first")
            return made(args[0].hint.rounded(name == "ceil"), node, frame, name, *args)
        if kwargs:
            raise ev.refusal(frame, node, f"{name}() with keyword arguments is not read", "give them in order")
        if name == "bool":
            return made(bool(args) and truth(ev, args[0], node, frame), node, frame, name, *args)
        if name in ("str", "repr") and args and not isinstance(args[0].hint, (int, float, str, bool, Size)):
            return made(readable(args[0]), node, frame, name, *args)
        try:
            return made(convert(*(ordered(a) for a in args)), node, frame, name, *args)
        except (TypeError, ValueError, OverflowError) as error:
            raise ev.refusal(frame, node, f"{name}(): {error}", "use a number") from None

    return handler


def nothing(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """A call without a value."""
    return Value(None)


def first(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """A call that gives its first argument."""
    return args[0]


def exception(name: str) -> Handler:
    """An exception object: its message is kept for the refusal."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        return Value(f"{name}: {readable(args[0]) if args else ''}")

    return handler


def forbidden(name: str) -> Handler:
    """What would execute or read from outside is never done; its value is unknown."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        ev.note(
            frame, node, f"{name}() is not executed", "its value is unknown to the reader", "not-executed", "warning"
        )
        return ev.unknown(frame, node, f"{name}() is not executed")

    return handler


def pow_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """pow()."""
    return apply_binary(ev, ast.Pow(), args[0], args[1], node, frame)


def divmod_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """divmod()."""
    quotient = apply_binary(ev, ast.FloorDiv(), args[0], args[1], node, frame)
    return Value((quotient, apply_binary(ev, ast.Mod(), args[0], args[1], node, frame)))


def slice_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """slice()."""
    parts = [Value(None), args[0], Value(None)] if len(args) == 1 else [*args, Value(None)][:3]
    return Value(slice(*parts))


def round_(*numbers: float) -> object:
    """round() with whole digits."""
    if len(numbers) < 2:
        return round(numbers[0])
    check_bits(4 * abs(int(numbers[1])))
    return round(numbers[0], int(numbers[1]))


CONVERSIONS: dict[str, Callable[..., object]] = {
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
    "hex": hex,
    "bin": bin,
}
FUNCTIONS: dict[str, Handler] = {
    "builtins.len": len_,
    "builtins.locals": locals_,
    "builtins.range": range_,
    "builtins.sum": sum_,
    "builtins.print": nothing,
    "builtins.all": quantified(True),
    "builtins.any": quantified(False),
    "builtins.pow": pow_,
    "builtins.divmod": divmod_,
    "builtins.slice": slice_,
    "builtins.id": nothing,
    **{f"builtins.{n}": extremum(n) for n in ("max", "min")},
    **{f"builtins.{n}": number(n, f) for n, f in CONVERSIONS.items()},
    **{f"builtins.{n}": forbidden(n) for n in FORBIDDEN},
    **{f"builtins.{n}": exception(n) for n in NAMES if n.endswith(("Error", "Exception", "Warning"))},
}
