"""`eval("ReLU")`: a text that is nothing but a name stands for what has that name; no other text is evaluated."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import builtins
from pivot.reading.handlers import Args, Handler, Kwargs
from pivot.reading.trace import Visit
from pivot.reading.values import Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

NAME = "builtins.eval"
LENGTH = 200
"""Characters of the longest text that is taken for a name."""
UNEVALUATED = builtins.forbidden("eval")


def evaluated(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """What the name in a text stands for where `eval` is called."""
    text = args[0].hint if len(args) == 1 and not kwargs else None
    named = name_in(text) if isinstance(text, str) else None
    if named is None:
        return UNEVALUATED(ev, args, kwargs, node, frame)
    table: dict[str, ast.expr] = node.__dict__.setdefault("_named", {})
    if str(text) not in table:
        for inner in ast.walk(named):
            ast.copy_location(inner, node)
        ev.trace.keep.append(named)
        table[str(text)] = named
    found = ev.evaluate(table[str(text)], frame)
    ev.visit(Visit(node, frame, "named function", None, args, kwargs, name=NAME, result=found))
    return found


def name_in(text: str) -> ast.expr | None:
    """The name, with attributes, that a text is; None for every other text."""
    if len(text) > LENGTH or not all(part.isidentifier() for part in text.strip().split(".")):
        return None
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError:  # a keyword
        return None


def text_for(node: ast.AST, text: object) -> ast.expr | None:
    """The name that a call of `eval` was read as."""
    table: dict[str, ast.expr] = node.__dict__.get("_named", {})
    return table.get(str(text))


FUNCTIONS: dict[str, Handler] = {NAME: evaluated}
