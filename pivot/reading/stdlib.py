"""What the reader knows of the standard library (and of NumPy's scalars)."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

from pivot.dims import Size
from pivot.reading import calls
from pivot.reading.builtins import dict_, first, listed, nothing, number, sum_
from pivot.reading.modules import ModuleObject
from pivot.reading.values import (
    Api,
    ClassObject,
    DictObject,
    InstanceObject,
    ListObject,
    Partial,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.builtins import Handler
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def partial(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    return Value(Partial(args[0], args[1:], tuple(kwargs.items()), node))


def identity_decorator(
    ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value:
    return args[0] if args else Value(Api("stdlib.identity"))


def reduce(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    items = list(calls.iterate(ev, args[1], node, frame))
    total = args[2] if len(args) > 2 else items.pop(0)
    for item in items:
        total = calls.call_value(ev, args[0], (total, item), {}, node, frame)
    return total


def accumulate(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    from pivot.reading.expressions import apply_binary

    total, out = None, []
    for item in calls.iterate(ev, args[0], node, frame):
        total = item if total is None else apply_binary(ev, ast.Add(), total, item, node, frame)
        out.append(total)
    return Value(ListObject(out))


def chain(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    return Value(ListObject([item for a in args for item in calls.iterate(ev, a, node, frame)]))


def chain_all(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    return chain(ev, tuple(calls.iterate(ev, args[0], node, frame)), kwargs, node, frame)


def repeat(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    if len(args) < 2 or not isinstance(args[1].hint, int) or args[1].hint > 10_000:
        raise ev.refusal(frame, node, "itertools.repeat without an end", "give the number of turns", "limit")
    return Value(ListObject([args[0]] * args[1].hint))


def endless(name: str) -> Handler:
    """Generators that may not end are refused."""

    def handler(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        raise ev.refusal(frame, node, f"{name} may not end", "loop over a list or a range", "limit")

    return handler


def product(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    from pivot.reading.limits_check import check_items

    rows: list[tuple[Value, ...]] = [()]
    for arg in args:
        items = list(calls.iterate(ev, arg, node, frame))
        check_items(len(rows) * len(items))
        rows = [(*row, item) for row in rows for item in items]
    return Value(ListObject([Value(row) for row in rows]))


def namedtuple(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    """A class whose instances are tuples with names."""
    fields = (
        args[1].hint.replace(",", " ").split()
        if isinstance(args[1].hint, str)
        else [str(v.hint) for v in calls.iterate(ev, args[1], node, frame)]
    )
    body: list[ast.stmt] = [
        ast.AnnAssign(ast.Name(f, ast.Store()), ast.Name("object", ast.Load()), None, 1) for f in fields
    ]
    definition = ast.ClassDef(str(args[0].hint), [], [], body or [ast.Pass()], [])
    ast.copy_location(definition, node)
    ast.fix_missing_locations(definition)
    ev.trace.keep.append(definition)
    from pivot.reading.frames import Scope

    made_class = ClassObject(
        definition, frame.file, definition.name, Scope(frame.file, frame.scope.module), kind="namedtuple"
    )
    return Value(made_class)


def copy_(deep: bool) -> Handler:
    """copy.copy and copy.deepcopy: containers and modules are made anew."""

    def handler(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        return copied(ev, args[0], deep, {}, node, frame)

    return handler


def copied(ev: Evaluator, value: Value, deep: bool, memo: dict[int, Value], node: ast.AST, frame: Frame) -> Value:
    """A copy of a value; a module's copy has parameters of its own."""
    hint = value.hint
    if id(hint) in memo:
        return memo[id(hint)]
    again = (lambda v: copied(ev, v, deep, memo, node, frame)) if deep else (lambda v: v)
    if isinstance(hint, ListObject):
        return Value(ListObject([again(i) for i in hint.items], hint.kind), value.origin)
    if isinstance(hint, DictObject):
        return Value(DictObject({k: (kv, again(v)) for k, (kv, v) in hint.entries.items()}), value.origin)
    if isinstance(hint, ModuleObject):
        result = ev.dialect.copy_module(ev, hint, memo, node, frame)
        return result
    if isinstance(hint, InstanceObject):
        twin = InstanceObject(hint.cls, {k: again(v) for k, v in hint.attrs.items()})
        twin.items = hint.items
        return Value(twin, value.origin)
    if isinstance(hint, tuple) and deep:
        return Value(tuple(again(v) for v in hint), value.origin, value.depends)
    return value


def namespace(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    return Value(InstanceObject(Api("types.SimpleNamespace"), dict(kwargs)))


def field(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    if "default" in kwargs:
        return kwargs["default"]
    if "default_factory" in kwargs:
        return calls.call_value(ev, kwargs["default_factory"], (), {}, node, frame)
    return Value(None)


def prod(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    from pivot.reading.expressions import apply_binary

    if isinstance(args[0].hint, (int, float, Size)):
        return args[0]
    total = Value(1)
    for item in calls.iterate(ev, args[0], node, frame):
        total = apply_binary(ev, ast.Mult(), total, item, node, frame)
    return total


def ceil_(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    return number("ceil", math.ceil)(ev, args, kwargs, node, frame)


def operator_(op: ast.operator) -> Handler:
    """operator.add and the like."""

    def handler(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        from pivot.reading.expressions import apply_binary

        return apply_binary(ev, op, args[0], args[1], node, frame)

    return handler


def cast(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
    return args[1]


def unknown(name: str) -> Handler:
    """What depends on the machine or the outside is unknown."""

    def handler(ev: Evaluator, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        return ev.unknown(frame, node, f"{name}() reads the machine")

    return handler


def _round_half_even(value: float, digits: int = 0) -> float:
    return round(value, digits)


_MATH: dict[str, Callable[..., object]] = {
    n: getattr(math, n)
    for n in (
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
    )
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
    "power": operator.pow,
}

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
    "collections.OrderedDict": dict_,
    "collections.defaultdict": lambda ev, a, k, n, f: dict_(ev, a[1:], k, n, f),
    "collections.deque": listed("list"),
    "collections.namedtuple": namedtuple,
    "copy.copy": copy_(False),
    "copy.deepcopy": copy_(True),
    "types.SimpleNamespace": namespace,
    "argparse.Namespace": namespace,
    "dataclasses.field": field,
    "dataclasses.dataclass": identity_decorator,
    "math.prod": prod,
    "numpy.prod": prod,
    "math.ceil": ceil_,
    "numpy.sum": sum_,
    "math.fsum": sum_,
    "typing.cast": cast,
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
    "warnings.warn": nothing,
    "warnings.filterwarnings": nothing,
    "warnings.simplefilter": nothing,
    "logging.getLogger": unknown("logging.getLogger"),
    **{
        n: unknown(n)
        for n in ("time.time", "os.getenv", "os.environ.get", "os.path.exists", "random.random", "random.randint")
    },
}
