"""The content of small tensors that depend on nothing: a schedule of rates is a list of numbers to the program."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.dims import Dim
from pivot.reading.values import ListObject, Origin, TensorCell, TensorVersion, Value

if TYPE_CHECKING:
    import numpy as np

    from pivot.network import Node
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

LARGEST = 4_096  # elements; what is larger is no list of settings
ELEMENTWISE = {
    "add": "add", "sub": "subtract", "mul": "multiply", "div": "true_divide", "pow": "power", "neg": "negative",
    "log": "log", "exp": "exp", "sqrt": "sqrt", "square": "square", "abs": "abs", "round": "round", "floor": "floor",
    "ceil": "ceil", "maximum": "maximum", "minimum": "minimum", "cast": "cast",
}  # fmt: skip
"""Ops on each element, by their names in NumPy."""
MAX_STEPS = 64  # ops between the tensor that is made and the one that is read


def content(ev: Evaluator, version: TensorVersion, depth: int = 0) -> np.ndarray | None:
    """The array that a version holds, or None where that depends on something or is not computed here."""
    if version.parameter is not None or depth > MAX_STEPS or not small(version.type.shape):
        return None
    node = next((n for n in reversed(ev.nodes) if any(r is version for r in n.results)), None)
    if node is None or node.op is None or node.module is not None:
        return None
    place = next(i for i, r in enumerate(node.results) if r is version)
    inputs: list[np.ndarray] = []
    for operand in node.operands.values():
        array = content(ev, operand, depth + 1) if isinstance(operand, TensorVersion) else scalar(operand)
        if array is None:
            return None
        inputs.append(array)
    made = elementwise(node, inputs) if node.op.layout == "any" else computed(node, inputs, place)
    return None if made is None else made.astype(version.type.dtype)


def scalar(operand: object) -> np.ndarray | None:
    """A number as an array without axes."""
    import numpy as np

    return np.asarray(operand) if isinstance(operand, (int, float)) else None


def elementwise(node: Node, inputs: list[np.ndarray]) -> np.ndarray | None:
    """An op on each element, computed in the type of its result as frameworks do."""
    import numpy as np

    name = ELEMENTWISE.get(node.op.name if node.op is not None else "", "")
    if not name or not inputs or any(node.params.get(key) for key in ("decimals", "rounding")):
        return None
    dtype = node.results[0].type.dtype
    if not node.results[0].type.dtype.startswith(("float", "int")):
        return None
    if name == "cast":
        return inputs[0].astype(dtype)
    with np.errstate(all="ignore"):
        made: np.ndarray = getattr(np, name)(*(part.astype(dtype) for part in inputs))
    return made


def small(shape: tuple[Dim, ...]) -> bool:
    """Are all sizes numbers, and few elements?"""
    total = 1
    for size in shape:
        if not isinstance(size, int):
            return False
        total *= size
    return total <= LARGEST


def computed(node: Node, inputs: list[np.ndarray], place: int) -> np.ndarray | None:
    """One result of an op on arrays."""
    import numpy as np

    assert node.op is not None
    params, name = node.params, node.op.name
    try:
        if name == "linspace":
            return np.linspace(number(params["start"]), number(params["stop"]), int(number(params["count"])))
        if name == "arange":
            return np.arange(*(number(params[k]) for k in ("start", "stop", "step")))
        if name in ("zeros", "ones", "full"):
            value = {"zeros": 0, "ones": 1}.get(name)
            shape = [int(size) for size in node.results[0].type.shape if isinstance(size, int)]
            return np.full(shape, number(params["value"]) if value is None else value)
        if name == "split" and isinstance(params["sections"], (list, tuple)) and len(inputs) == 1:
            cuts = np.cumsum([int(number(s)) for s in params["sections"]])[:-1]
            return np.split(inputs[0], cuts, int(number(params["axis"])))[place]
        if name in ("max", "min") and len(inputs) == 1 and params.get("axes") is None:
            return np.asarray(inputs[0].max() if name == "max" else inputs[0].min())
        if name == "tensor":
            return np.asarray(params["value"])
        if name in ("flatten", "reshape") and len(inputs) == 1:
            return inputs[0].reshape([int(size) for size in node.results[0].type.shape if isinstance(size, int)])
        if name == "narrow" and len(inputs) == 1:
            start, length = int(number(params["start"])), int(number(params["length"]))
            return inputs[0].take(range(start, start + length), int(number(params["axis"])))
        if name == "cumsum" and len(inputs) == 1:
            return np.cumsum(inputs[0], int(number(params["axis"])))
        if name in ("flip",) and len(inputs) == 1 and inputs[0].ndim == 1:
            return inputs[0][::-1]
        if name in ("index", "select") and len(inputs) == 1 and inputs[0].ndim == 1:
            where = params["index"] if name == "index" else params["place"]
            where = where[0] if isinstance(where, (list, tuple)) and len(where) == 1 else where
            return np.asarray(inputs[0][where]) if isinstance(where, (int, slice)) else None
    except (TypeError, ValueError, KeyError, IndexError):
        return None
    return None


def number(value: object) -> float | int:
    """A plain number. Raises TypeError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("not a number")
    return value


def as_numbers(ev: Evaluator, value: Value, node: ast.expr, frame: Frame) -> Value:
    """What a loop runs over: programs for Keras take the tensors of a small known one for the numbers they hold."""
    cell = value.hint
    if not ev.dialect.casts_numbers or not isinstance(cell, TensorCell) or len(cell.shape) != 1:
        return value
    known = as_python(ev, value, node, frame)
    if known is None:
        return value
    ev.trace.listed.add(id(node))
    return known


def as_python(ev: Evaluator, value: Value, node: ast.AST, frame: Frame) -> Value | None:
    """What `.item()` and `.tolist()` give, or None where the content is not known."""
    cell = value.hint
    assert isinstance(cell, TensorCell)
    array = content(ev, cell.version) if cell.stale is None else None
    if array is None:
        return None
    origin = Origin("apply", node, frame.file, "content", (value,), frame)

    def listed(part: object) -> Value:
        if isinstance(part, list):
            return Value(ListObject([listed(p) for p in part]), origin)
        return Value(part, origin)

    return listed(array.tolist())
