"""`map(self.norm, (q, k))`: what is handed to `map` is called as it is called elsewhere."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import applying, program_calls

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions
    from pivot.reading.trace import Visit

NAMES = ("x", "y", "z", "u", "v", "w")
CALLED = {"apply", "function"}


def mapped(e: Expressions, node: ast.expr, visits: list[Visit]) -> ast.expr | None:
    """`map(f, xs)` with f itself where it is called with nothing but the items, else with a lambda around its call.

    None for every other call.
    """
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "map":
        return None
    told = len(node.args) > 1 and not node.keywords and not any(isinstance(a, ast.Starred) for a in node.args)
    calls = [v for v in visits if v.kind != "data"]  # the list that `map` itself gives
    if not told or "map" in e.locals or not calls or not {v.kind for v in calls} <= CALLED:
        return None
    names = [name for name in (*NAMES, *(f"{n}_" for n in NAMES)) if name not in e.locals][: len(node.args) - 1]
    items: list[ast.expr] = [ast.Name(name, ast.Load()) for name in names]
    call = ast.copy_location(ast.Call(node.args[0], items, []), node)
    e.w.trace.keep.append(call)
    inner = e.within(set(names))
    write = applying.apply if calls[0].kind == "apply" else program_calls.program_call
    made = write(inner, call, calls)
    rest = [e.expr(arg) for arg in node.args[1:]]
    if (
        isinstance(made, ast.Call)
        and not made.keywords
        and [ast.dump(a) for a in made.args] == list(map(ast.dump, items))
    ):
        return ast.Call(ast.Name("map", ast.Load()), [made.func, *rest], [])
    spec = ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
    return ast.Call(ast.Name("map", ast.Load()), [ast.Lambda(spec, made), *rest], [])
