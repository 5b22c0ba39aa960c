"""What the reader knows of the standard library (and of NumPy's scalars)."""

from __future__ import annotations

import ast
import keyword
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from pivot.dims import Size
from pivot.reading import drawing
from pivot.reading.bombs import check_items
from pivot.reading.builtins import first, nothing, number, sum_
from pivot.reading.handlers import Args, Handler, Kwargs
from pivot.reading.iterating import iterate
from pivot.reading.operators import apply_binary
from pivot.reading.restating import is_restatement
from pivot.reading.values import (
    Api,
    ListObject,
    Origin,
    Partial,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def iskeyword(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """keyword.iskeyword()."""
    return Value(isinstance(args[0].hint, str) and keyword.iskeyword(args[0].hint))


def partial(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """functools.partial()."""
    return Value(Partial(args[0], args[1:], tuple(kwargs.items()), node))


def identity_decorator(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """A decorator that leaves the function as it is."""
    return args[0] if args else Value(Api("stdlib.identity"))


def reduce(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """functools.reduce()."""
    items = list(iterate(ev, args[1], node, frame))
    total = args[2] if len(args) > 2 else items.pop(0)
    for item in items:
        total = ev.call(args[0], (total, item), {}, node, frame)
    return total


def accumulate(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """itertools.accumulate()."""
    total, out = None, []
    for item in iterate(ev, args[0], node, frame):
        total = item if total is None else apply_binary(ev, ast.Add(), total, item, node, frame)
        out.append(total)
    return Value(ListObject(out))


def chain(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """itertools.chain()."""
    return Value(ListObject([item for a in args for item in iterate(ev, a, node, frame)]))


def chain_all(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """itertools.chain.from_iterable()."""
    return chain(ev, tuple(iterate(ev, args[0], node, frame)), kwargs, node, frame)


def repeat(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """itertools.repeat(), which must have an end."""
    if len(args) < 2 or not isinstance(args[1].hint, int) or args[1].hint > 10_000:
        raise ev.refusal(frame, node, "itertools.repeat without an end", "give the number of turns", "limit")
    return Value(ListObject([args[0]] * args[1].hint))


def endless(name: str) -> Handler:
    """Generators that may not end are refused."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        raise ev.refusal(frame, node, f"{name} may not end", "loop over a list or a range", "limit")

    return handler


def product(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """itertools.product()."""
    rows: list[tuple[Value, ...]] = [()]
    times = kwargs["repeat"].hint if "repeat" in kwargs else 1
    if not isinstance(times, int):
        raise ev.refusal(frame, node, "itertools.product with a repeat that is not a number", "use a number")
    for arg in args * min(times, 20):  # 2**20 rows are too many already
        items = list(iterate(ev, arg, node, frame))
        check_items(len(rows) * len(items))
        rows = [(*row, item) for row in rows for item in items]
    return Value(ListObject([Value(row) for row in rows]))


def prod(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """math.prod(), of sizes too."""
    if isinstance(args[0].hint, (int, float, Size)):
        return args[0]
    total = Value(1)
    for item in iterate(ev, args[0], node, frame):
        total = apply_binary(ev, ast.Mult(), total, item, node, frame)
    return total


def ceil_(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """math.ceil()."""
    return number("ceil", math.ceil)(ev, args, kwargs, node, frame)


def operator_(op: ast.operator) -> Handler:
    """operator.add and the like."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        return apply_binary(ev, op, args[0], args[1], node, frame)

    return handler


def cast(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """typing.cast(): the value as it is."""
    return args[1]


def warn(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """warnings.warn(): what restated library code warns of is said where the program calls it."""
    if is_restatement(frame.file) and args and isinstance(args[0].hint, str):
        why, _, remedy = args[0].hint.partition("; ")
        ev.note(frame, node, why, remedy, "restated", "warning")
    return nothing(ev, args, kwargs, node, frame)


def unknown(name: str) -> Handler:
    """What depends on the machine or the outside is unknown."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        return ev.unknown(frame, node, f"{name}() reads the machine")

    return handler


def _round_half_even(value: float, digits: int = 0) -> float:
    """NumPy's round."""
    return round(value, digits)


_MATH: dict[str, Callable[..., object]] = {
    name: getattr(math, name)
    for name in [
        "sqrt",
        "floor",
        "log",
        "log2",
        "log10",
        "exp",
        "pow",
        "sin",
        "cos",
        "tan",
        "tanh",
        "gcd",
        "isclose",
        "fabs",
        "trunc",
        "erf",
        "atan",
        "isfinite",
        "isnan",
        "isqrt",
        "comb",
    ]
}
_NUMPY: dict[str, Callable[..., object]] = {
    "sqrt": math.sqrt,
    "floor": math.floor,
    "ceil": math.ceil,
    "log": math.log,
    "log2": math.log2,
    "exp": math.exp,
    "round": _round_half_even,
    "abs": abs,
    "int64": int,
    "int32": int,
    "float32": float,
    "float64": float,
}


def linspace(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """numpy.linspace() of plain numbers: an array that can be looped over, indexed and made a list."""
    import numpy as np

    given = {**dict(zip(("start", "stop", "num"), args, strict=False)), **kwargs}
    values = {name: value.hint for name, value in given.items()}
    if len(args) > 3 or values.keys() - {"start", "stop", "num", "endpoint"}:
        raise ValueError("these arguments")
    start, stop, count = values["start"], values["stop"], values.get("num", 50)
    if not isinstance(count, int) or not isinstance(start, (int, float)) or not isinstance(stop, (int, float)):
        raise ValueError("plain numbers are needed")
    check_items(count)
    numbers = np.linspace(start, stop, count, endpoint=bool(values.get("endpoint", True)))
    origin = Origin("apply", node, frame.file, "linspace", tuple(given.values()), frame)
    return Value(ListObject([Value(float(n), origin) for n in numbers], "array"), origin)


FUNCTIONS: dict[str, Handler] = {
    "functools.partial": partial,
    "functools.reduce": reduce,
    "functools.wraps": identity_decorator,
    "functools.lru_cache": identity_decorator,
    "functools.cache": identity_decorator,
    "stdlib.identity": first,
    "itertools.chain": chain,
    "itertools.chain.from_iterable": chain_all,
    "itertools.accumulate": accumulate,
    "itertools.repeat": repeat,
    "itertools.product": product,
    **{f"itertools.{n}": endless(f"itertools.{n}") for n in ("count", "cycle", "permutations", "combinations")},
    "dataclasses.dataclass": identity_decorator,
    "math.prod": prod,
    "numpy.prod": prod,
    "math.ceil": ceil_,
    "numpy.sum": sum_,
    "math.fsum": sum_,
    "typing.cast": cast,
    "numpy.power": operator_(ast.Pow()),
    "numpy.linspace": linspace,
    "keyword.iskeyword": iskeyword,
    **{f"math.{n}": number(n, f) for n, f in _MATH.items()},
    **{f"numpy.{n}": number(n, f) for n, f in _NUMPY.items()},
    **{
        f"operator.{n}": operator_(o)
        for n, o in {
            "add": ast.Add(),
            "mul": ast.Mult(),
            "sub": ast.Sub(),
            "truediv": ast.Div(),
            "floordiv": ast.FloorDiv(),
        }.items()
    },
    "warnings.warn": warn,
    "warnings.filterwarnings": nothing,
    "warnings.simplefilter": nothing,
    "logging.getLogger": unknown("logging.getLogger"),
    "time.time": unknown("time.time"),
    **drawing.HANDLERS,
}
