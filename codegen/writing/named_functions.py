"""What a program looks up by name: `keras.activations.get(activation)`, `eval(activation)`."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from pivot.reading import evaluated
from pivot.reading.values import Api

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions
    from pivot.reading.trace import Visit

LINEAR = "keras.activations.linear"


def looked_up(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr:
    """The function itself where the source names it here, else a table of those that were asked for by name.

    Raises Unwritable where one of them has no counterpart.
    """
    given = node.args[0] if node.args else node.keywords[0].value
    table: dict[object, ast.expr] = {}
    by_value = False
    for visit in visits:
        asked = next(iter((*visit.args, *visit.kwargs.values()))).hint
        found = visit.result.hint if visit.result is not None else None
        named = evaluated.text_for(node, asked) if visit.name == evaluated.NAME else None
        if named is not None:
            table[asked] = e.expr(named)
            continue
        if asked is None or isinstance(asked, str):
            if not isinstance(found, Api):
                raise Unwritable(f"there is no activation of the name {asked!r}")
            table[asked] = function(e, found.name)
        else:
            by_value = True
    if not table:
        return e.expr(given)
    if isinstance(given, ast.Constant):
        return next(iter(table.values()))
    text = e.expr(given)
    known = ast.Dict([ast.Constant(name) for name in table], list(table.values()))  # type: ignore[arg-type]
    chosen = ast.Subscript(known, text, ast.Load())
    if not by_value:
        return chosen
    return ast.IfExp(nodes.call("callable", [text]), copy.deepcopy(text), chosen)


def function(e: Expressions, name: str) -> ast.expr:
    """The target's function for a library name. Raises Unwritable."""
    if name == LINEAR:
        return e.w.target.identity()
    found = e.w.adapters.reference(name)
    if found is None:
        raise Unwritable(f"{name} has no counterpart as a value")
    return found
