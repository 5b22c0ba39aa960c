"""Small constructors of syntax nodes, and copying nodes with the comments that hang on them."""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pivot.dims import Size
from pivot.forms import DottedName
from pivot.reading.walking import walk

EXTRAS = ("before", "behind", "blank", "tail", "inside", "else_behind", "else_tail", "source_text", "source_parts")
N = TypeVar("N", bound=ast.AST)


def like(made: N, source: ast.AST) -> N:
    """Give a made node the place and the comments of the node it stands for."""
    for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
        if hasattr(source, name):
            setattr(made, name, getattr(source, name))
    for name in EXTRAS:
        if name in source.__dict__ and name not in made.__dict__ and not name.startswith("source_"):
            made.__dict__[name] = source.__dict__[name]
    made.__dict__.setdefault("source", source)
    return made


def only_else(made: ast.If, source: ast.AST) -> ast.If:
    """Give a condition that is turned around what is said at the `else` of which it makes its first arm."""
    said = source.__dict__
    made.__dict__.update(behind=said.get("else_behind"), tail=said.get("else_tail", ()), else_behind=None, else_tail=())
    return made


def name(text: str) -> ast.expr:
    """A dotted name as an expression."""
    first, *rest = text.split(".")
    made: ast.expr = ast.Name(first, ast.Load())
    for part in rest:
        made = ast.Attribute(made, part, ast.Load())
    return made


def call(func: str | ast.expr, args: Sequence[ast.expr] = (), kwargs: Mapping[str, ast.expr] | None = None) -> ast.Call:
    """A call."""
    target = name(func) if isinstance(func, str) else func
    return ast.Call(target, list(args), [ast.keyword(k, v) for k, v in (kwargs or {}).items()])


def function_of_x(body: ast.expr) -> ast.Lambda:
    """`lambda x: ...`."""
    return ast.Lambda(ast.arguments([], [ast.arg("x")], None, [], [], None, []), body)


def literal(value: object) -> ast.expr:
    """A plain Python value as an expression."""
    if isinstance(value, DottedName):
        return call(value.name) if value.called else name(value.name)
    if isinstance(value, Size):
        from codegen.writing.sharing import sized

        return sized(value)
    if isinstance(value, float) and not math.isfinite(value):
        text = "nan" if math.isnan(value) else "inf"
        made: ast.expr = call("float", [ast.Constant(text if value > 0 or text == "nan" else "-inf")])
        return made
    if isinstance(value, tuple):
        return ast.Tuple([literal(v) for v in value], ast.Load())
    if isinstance(value, list):
        return ast.List([literal(v) for v in value], ast.Load())
    if isinstance(value, dict):
        return ast.Dict([literal(k) for k in value], [literal(v) for v in value.values()])
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    if isinstance(value, slice):
        parts = [literal(p) if p is not None else None for p in (value.start, value.stop, value.step)]
        return ast.Slice(*parts)
    return ast.Constant(value)  # type: ignore[arg-type]


def is_constant(node: ast.expr) -> bool:
    """Is an expression made of literals only?"""
    if isinstance(node, (ast.Constant, ast.Name, ast.Call, ast.Attribute)):
        return isinstance(node, ast.Constant)
    return all(
        isinstance(n, (ast.Constant, ast.Tuple, ast.List, ast.UnaryOp, ast.USub, ast.UAdd, ast.Load))
        for n in ast.walk(node)
    )


class Gone(ast.Name):
    """Stands for an expression that has no meaning in the target; statements that need it go."""

    _fields = ("id", "ctx")


def gone() -> Gone:
    """A new mark."""
    return Gone(id="gone", ctx=ast.Load())


def has_gone(node: ast.AST | None) -> bool:
    """Does an expression need something that went?"""
    return node is not None and any(isinstance(n, Gone) for n in walk(node))


def choice(test: ast.expr, first: ast.expr, other: ast.expr) -> ast.IfExp:
    """Two ways to say a site under a test; a statement makes an `if` of it."""
    made = ast.IfExp(copy.deepcopy(test), first, other)
    made.__dict__["choice"] = True
    return made
