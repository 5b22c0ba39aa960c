"""`tf.Variable(...)` and `keras.Variable(...)`: weights that a program makes without `add_weight`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.dims import Size
from pivot.reading import keras_building, keras_numpy, keras_starts
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.hints import readable
from pivot.reading.iterating import iterate
from pivot.reading.numpy_arrays import has_fractions
from pivot.reading.storage import new_version
from pivot.reading.trace import Visit
from pivot.reading.values import Api, InstanceObject, ListObject, ParameterObject, TensorCell, Value
from pivot.reading.walking import walk
from pivot.types import TensorType

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

STARTS = ("initial_value", "initializer", "value")
"""Names of what a variable starts from, in the spellings of every era."""
DRAWN = Api("keras.initializers.drawn")
"""What the call of an initialiser gives: it has a shape, and no numbers yet."""


def drawn(ev: Evaluator, callee: Value, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value | None:
    """`initializer(shape=(4, 8), dtype="float32")`; None where what is called is no initialiser."""
    hint = callee.hint
    if not isinstance(hint, InstanceObject) or keras_starts.described(callee) is None:
        return None
    given = {**dict(zip(("shape", "dtype"), args, strict=False)), **kwargs}
    if "shape" not in given or given.keys() - {"shape", "dtype"}:
        return None
    result = Value(InstanceObject(DRAWN, {"initializer": callee, **given}))
    ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=DRAWN.name, result=result))
    return result


def variable(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value | None:
    """keras.Variable(tensor), tf.Variable(tensor, trainable=False): a parameter that starts from it. Raises Refusal
    where it is of another element type.
    """
    given = {**dict(zip(("initial_value", "trainable"), args, strict=False)), **kwargs}
    if len(args) > 1 and not isinstance(args[1].hint, bool):
        return None
    start = next((given[name] for name in STARTS if name in given), Value(None))
    hint = start.hint
    trainable = "trainable" not in given or bool(given["trainable"].hint)
    if isinstance(hint, InstanceObject) and hint.cls == DRAWN:
        parameter = of_shape(ev, hint.attrs["shape"], hint.attrs["initializer"], trainable, node, frame)
    elif "shape" in given and keras_starts.described(start) is not None:
        parameter = of_shape(ev, given["shape"], start, trainable, node, frame)
    elif isinstance(hint, TensorCell) or is_real(start):
        cell = hint if isinstance(hint, TensorCell) else as_tensor(ev, start, node, frame)
        if cell is None:
            return None
        shape = keras_building.fixed(ev, cell.shape, node, frame)
        parameter = ParameterObject(TensorType(shape, cell.dtype), trainable, buffer=not trainable)
        parameter.initial = cell.version
    else:
        return None
    drawn_as = hint.attrs.get("dtype") if isinstance(hint, InstanceObject) else None
    for asked in (given.get("dtype"), drawn_as):
        kind = keras_numpy.as_kind(asked).hint if asked is not None else None
        if kind is not None and kind != parameter.type.dtype:
            why = f"a variable of {readable(Value(kind))} that starts from {parameter.type.dtype} is not read"
            raise ev.refusal(frame, node, why, f"make it of {parameter.type.dtype}, and cast it where it is used")
    if given.get("constraint", Value(None)).hint is not None:
        why = "the constraint of this variable acts in training only"
        ev.note(frame, node, why, "apply it after each step of the training", "training")
    ev.parameters.append(parameter)
    result = Value(TensorCell(new_version(ev, parameter.type, parameter)))
    ev.visit(Visit(node, frame, "constant", None, args, kwargs, name="keras.Variable", result=result))
    return result


def without_lambdas(cls: ast.ClassDef) -> None:
    """`tf.Variable(lambda: x)` in a class is `tf.Variable(x)`: TensorFlow calls it at once. Changes the text."""
    for node in walk(cls):
        if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] != "Variable":
            continue
        node.args = [body_of(arg) for arg in node.args]
        for keyword in node.keywords:
            keyword.value = body_of(keyword.value)


def body_of(node: ast.expr) -> ast.expr:
    """What a function without parameters gives; anything else as it is."""
    return node.body if isinstance(node, ast.Lambda) and not node.args.args else node


def of_shape(
    ev: Evaluator, shape: Value, initializer: Value, trainable: bool, node: ast.AST, frame: Frame
) -> ParameterObject:
    """A weight of a shape, started by an initialiser. Raises Refusal where the shape is not known."""
    sizes = [v.hint for v in iterate(ev, shape, node, frame)] if not isinstance(shape.hint, int) else [shape.hint]
    known = tuple(s for s in sizes if isinstance(s, (int, Size)))
    if len(known) != len(sizes):
        raise ev.refusal(frame, node, "a weight whose shape is not known", "give the shape as numbers")
    parameter = ParameterObject(
        TensorType(keras_building.fixed(ev, known, node, frame)), trainable, buffer=not trainable
    )
    parameter.start = keras_starts.weight_start(initializer, parameter.type.shape)
    return parameter


def is_real(value: Value) -> bool:
    """A number with a fraction, or lists of numbers of which one has."""
    hint = value.hint
    if isinstance(hint, (ListObject, tuple)):
        return has_fractions(value)
    return isinstance(hint, float)


def as_tensor(ev: Evaluator, value: Value, node: ast.AST, frame: Frame) -> TensorCell | None:
    """The tensor that TensorFlow makes of plain numbers."""
    made = ev.dialect.call_forms(
        ev, Value(Api("keras.ops.array")), "keras.ops.array", (value,), {}, ev.trace.part(node, 0), frame
    )
    return made.hint if isinstance(made.hint, TensorCell) else None


BEGINNING = ("__init__", "build")
"""Methods in which a weight that is assigned to has not been used yet."""


def begins(ev: Evaluator, receiver: Value, frame: Frame) -> bool:
    """Is a weight assigned to while its layer is made?"""
    hint = receiver.hint
    if not isinstance(hint, TensorCell) or hint.version.parameter is None:
        return False
    names = [at.function.name for at in frame.chain() if at.function is not None]
    met = next((name for name in names if name in BEGINNING or name in ev.dialect.forward_names), "")
    return met in BEGINNING


def started(ev: Evaluator, callee: Value, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """`self.places.assign(ops.arange(n))` in `build`: what a weight starts from, which trained weights replace."""
    why = "what this weight starts from is not carried over: it is assigned after it is made"
    ev.note(frame, node, why, "load weights, or set these values in the target", "initialiser", "warning")
    ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name="assign"))
    return Value(None)
