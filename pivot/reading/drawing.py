"""Numbers that a program draws outside the framework: `random.random() < ratio` decides about teacher forcing.

The program is read with one number in their place, and the workers of a verification put the same one there; what is
written draws as the source does.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading.handlers import Args, Handler, Kwargs, made
from pivot.reading.iterating import iterate
from pivot.reading.numpy_arrays import DRAWN
from pivot.reading.values import Api, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

UNIFORM = 0.25
"""What stands for a number drawn evenly from [0, 1): the workers have the same."""


def said(ev: Evaluator, name: str, node: ast.AST, frame: Frame) -> None:
    """What is drawn differs from run to run: say what stands for it."""
    why = f"{name}() draws anew at every call: the program is read as if it gave {UNIFORM} of its range"
    remedy = "the target draws as well; --verify puts the same number in its place on both sides"
    ev.note(frame, node, why, remedy, "random", "warning")


def unit(name: str) -> Handler:
    """A number from [0, 1)."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        if args or kwargs:
            tensor = DRAWN.get(name, name)
            if not ev.opset.find(ev.dialect.framework, "call", tensor):
                return ev.unknown(frame, node, f"{name}() draws an array")
            return ev.dialect.call_forms(ev, Value(Api(name)), tensor, args, kwargs, node, frame)
        said(ev, name, node, frame)
        return made(UNIFORM, node, frame, name)

    return handler


def between(name: str, whole: int | None = None) -> Handler:
    """A number between two others; `whole`: a whole one, and by how much the last possible one is above the range."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        ends = [a.hint for a in args]
        if whole is not None and len(ends) == 1:
            ends = [0, *ends]
        if kwargs or len(ends) != 2:
            return ev.unknown(frame, node, f"{name}() draws from what was not read")
        low, high = ends
        if not isinstance(low, (int, float)) or not isinstance(high, (int, float)):
            return ev.unknown(frame, node, f"{name}() draws from what was not read")
        said(ev, name, node, frame)
        value = low + UNIFORM * (high - low + (whole or 0))
        return made(value if whole is None else int(value), node, frame, name, *args)

    return handler


def choice(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """random.choice(): one of some values."""
    items = list(iterate(ev, args[0], node, frame))
    said(ev, "random.choice", node, frame)
    return items[int(UNIFORM * len(items))]


HANDLERS: dict[str, Handler] = {
    "random.random": unit("random.random"),
    "numpy.random.rand": unit("numpy.random.rand"),
    "numpy.random.random": unit("numpy.random.random"),
    "random.uniform": between("random.uniform"),
    "numpy.random.uniform": between("numpy.random.uniform"),
    "random.randint": between("random.randint", 1),
    "random.randrange": between("random.randrange", 0),
    "numpy.random.randint": between("numpy.random.randint", 0),
    "random.choice": choice,
}
