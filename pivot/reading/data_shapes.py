"""Shapes of the data that a program trains a model on: `x = x.reshape((60000, 784))` before `model.fit(x, y)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pivot.problems import Refusal
from pivot.reading.data_arrays import DataArray
from pivot.reading.inputs import InputSpec
from pivot.reading.values import ListObject, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

TRAINERS = {"fit", "predict", "evaluate", "train_on_batch"}
BATCH = 2  # as many rows as it takes to see that rows stay apart


def data_of(ev: Evaluator, frame: Frame, home: Frame, body: Sequence[ast.stmt], names: set[str]) -> InputSpec | None:
    """The shape of what a model of these names is trained on or asked about, where a reshape or the data says it.

    `frame`: with names of these statements; `home`: that of the file.
    """
    for call in (n for statement in body for n in ast.walk(statement) if isinstance(n, ast.Call)):
        func = call.func
        if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name) or func.value.id not in names:
            continue
        if func.attr == "build" and (built := built_for(ev, home, call)) is not None:
            return built
        if func.attr not in TRAINERS or not call.args:
            continue
        if isinstance(call.args[0], ast.Name):
            for value in reversed(list(values_of(body, call.args[0].id))):
                shape = reshaped(ev, frame, value)
                if shape is not None:
                    return InputSpec((BATCH, *shape[1:]))
        try:
            held = ev.evaluate(call.args[0], home).hint
        except Refusal:
            continue
        if isinstance(held, DataArray) and len(held.shape) > 1:
            return InputSpec((BATCH, *held.shape[1:]))
    return None


def built_for(ev: Evaluator, frame: Frame, call: ast.Call) -> InputSpec | None:
    """The shape that `model.build(input_shape=(None, 28, 28))` says; None where another size than the first is open."""
    given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "input_shape")]
    try:
        shape = ev.evaluate(given[0], frame).hint if given else None
    except Refusal:
        return None
    items = shape.items if isinstance(shape, ListObject) else shape
    if not isinstance(items, (list, tuple)) or len(items) < 2:
        return None
    sizes = [item.hint if isinstance(item, Value) else item for item in items]
    if not all(isinstance(size, int) and size > 0 for size in sizes[1:]):
        return None
    return InputSpec((BATCH, *(size for size in sizes[1:] if isinstance(size, int))))


def values_of(body: Sequence[ast.stmt], name: str) -> Iterator[ast.expr]:
    """What is assigned to a name, in order."""
    for statement in (n for s in body for n in ast.walk(s)):
        if isinstance(statement, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == name for t in statement.targets
        ):
            yield statement.value


def reshaped(ev: Evaluator, frame: Frame, node: ast.expr) -> tuple[int, ...] | None:
    """The sizes of `x.reshape((n, 28 * 28)).astype("float32") / 255`; None where one of them is no number."""
    while True:
        if isinstance(node, ast.BinOp):
            node = node.left
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "astype":
            node = node.func.value
        else:
            break
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "reshape":
        return None
    sizes = node.args[0].elts if len(node.args) == 1 and isinstance(node.args[0], (ast.Tuple, ast.List)) else node.args
    found = []
    for place, size in enumerate(sizes):
        try:
            value = ev.evaluate(size, frame).hint if place else BATCH  # how many rows there are is no matter
        except Refusal:
            return None
        if not isinstance(value, int) or value < 1:
            return None
        found.append(value)
    return tuple(found) if len(found) > 1 else None
