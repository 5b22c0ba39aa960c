"""What Keras and TensorFlow answer about themselves, sizes and tensors, without a part in the network."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from pivot.dims import Quotient, is_number, product
from pivot.reading import (
    data_arrays,
    keras_graphs,
    keras_masks,
    keras_numpy,
    keras_orders,
    keras_policies,
    keras_shapes,
    keras_starts,
    keras_variables,
    library,
    number_arrays,
)
from pivot.reading.data_arrays import DataArray
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.iterating import iterate
from pivot.reading.trace import Visit
from pivot.reading.values import (
    MODE,
    SIZE,
    Api,
    ListObject,
    Origin,
    TensorCell,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

Answer = Callable[["Evaluator", Args, Kwargs, ast.AST, "Frame"], Value | None]

PLAIN: dict[str, object] = {
    "keras.backend.image_data_format": "channels_last",
    "keras.backend.image_dim_ordering": "tf",
    "keras.config.image_data_format": "channels_last",
    "keras.backend.backend": "tensorflow",
    "keras.config.backend": "tensorflow",
    "keras.backend.floatx": "float32",
    "keras.config.floatx": "float32",
    "keras.backend.epsilon": 1e-07,
    "keras.config.epsilon": 1e-07,
    "keras.utils.is_keras_available": True,
    "tensorflow.executing_eagerly": True,
    "keras.backend.is_sparse": False,
    "keras.utils.is_sparse": False,
}
NUMBERS = {name: value for name, value in PLAIN.items() if isinstance(value, float)}
"""Those of these answers that are numbers, of which a target may be told."""
NOTHING = {
    "keras.backend.set_image_data_format", "keras.config.set_image_data_format",
    "keras.backend.set_image_dim_ordering",
    "keras.backend.clear_session", "keras.utils.clear_session", "keras.utils.set_random_seed",
    "tensorflow.random.set_seed", "keras.utils.plot_model", "tensorflow.print",
    "keras.utils.register_keras_serializable", "keras.saving.register_keras_serializable",
    "keras.saving.serialize_keras_object",
    "tensorflow.debugging.assert_equal",
    "tensorflow.assert_equal", "tensorflow.debugging.assert_shapes", "tensorflow.debugging.assert_rank",
    "tensorflow.config.run_functions_eagerly",
}  # fmt: skip
SIZES = {"keras.ops.shape", "tensorflow.shape", "keras.backend.shape"}
STATIC = {"keras.backend.int_shape"}
RANKS = {"keras.ops.ndim", "tensorflow.rank", "keras.backend.ndim", "keras.backend.rank"}
CASTS = {"keras.ops.cast", "tensorflow.cast", "tensorflow.dtypes.cast", "keras.backend.cast"}
ARRAYS = {"numpy.array", "numpy.asarray", "numpy.float32", "numpy.float64", "numpy.int32", "numpy.int64"}
"""Of numbers that are known: what they are made of."""
MAKING = {"numpy.array", "numpy.asarray"}
"""Those of them that are told an element type."""

OF_NUMBERS = {
    f"{module}.{name}": f"math.{name}"
    for module in ("tensorflow", "tensorflow.math", "keras.ops", "keras.backend")
    for name in ("sqrt", "log", "exp", "sin", "cos")
}
"""Of a number that is known, which is no tensor yet: a number."""

FILLED = {f"numpy.{name}": f"keras.ops.{name}" for name in ("zeros", "ones")}
"""What stands for the data of a program where `--set` binds it."""

PRODUCTS = {"tensorflow.reduce_prod", "tensorflow.math.reduce_prod", "keras.ops.prod", "keras.backend.prod"}
"""Of numbers that are known: a number."""

EXTREMES = {
    f"{module}.{name}": f"builtins.{name[:3]}"
    for module in ("tensorflow", "tensorflow.math", "keras.ops", "keras.backend")
    for name in ("minimum", "maximum")
}
"""Of two numbers or sizes that are known: the one of them."""

ITSELF = {
    "tensorflow.identity", "keras.backend.identity",
    "tensorflow.ensure_shape", "keras.activations.linear", "tensorflow.function",
    "tensorflow.debugging.check_numerics",
}  # fmt: skip


OF_KIND = {
    f"{module}.{name}"
    for module in ("tensorflow", "keras.backend", "keras.ops", "keras.utils")
    for name in ("convert_to_tensor", "constant")
}
"""Of a tensor: itself, or in the element type that is asked for."""

WHOLE = "builtins.int"
ITS_ARGUMENT = "its argument"
"""The name of the visit of a call that gives what it is given."""


def answer(
    ev: Evaluator, callee: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> Value | None:
    """The answer of a library function; None: it is none of these."""
    if name in PLAIN:
        said = Value(PLAIN[name], Origin("literal", None, name))
        ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=name, result=said))
        return said
    if name.rpartition(".")[2] in keras_orders.SETTINGS and args and args[0].hint not in keras_orders.LAST:
        why = f"{name.rpartition('.')[2]}({args[0].hint!r}) is not read: all layers would mean other axes"
        raise ev.refusal(frame, node, why, "give data_format= to the layers, or store the channels last")
    set_ = keras_policies.set_for_all(ev, name, args, kwargs, node, frame)
    if set_ is not None:
        return set_
    data = data_arrays.loaded(name)
    if data is not None:
        return data
    given = args[0].hint if args else None
    if isinstance(given, DataArray) and name in data_arrays.FUNCTIONS:
        return data_arrays.FUNCTIONS[name](given, args, kwargs)
    if name == "numpy.concatenate" and isinstance(given, ListObject) and data_arrays.of_data(given.items):
        return data_arrays.joined(given.items, args, kwargs)
    if name in NOTHING:
        ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=name))
        return Value(None)
    first = args[0] if args else next(iter(kwargs.values()), None)
    tensor = first is not None and isinstance(first.hint, TensorCell)
    if name in SIZES and first is not None and tensor:
        ev.visit(Visit(node, frame, "size", callee, args, kwargs, name="shape"))
        return sizes(ev, first, node, frame)
    if name in STATIC and first is not None and tensor:
        ev.visit(Visit(node, frame, "size", callee, args, kwargs, name="shape"))
        return keras_graphs.sizes_of(first) if ev.recorder.symbolic(ev, (first,)) else sizes(ev, first, node, frame)
    if name in RANKS and first is not None and isinstance(first.hint, TensorCell):
        ev.visit(Visit(node, frame, "size", callee, args, kwargs, name="dim"))
        return Value(len(first.hint.shape))
    if name in ("keras.ops.size", "tensorflow.size") and first is not None and isinstance(first.hint, TensorCell):
        ev.visit(Visit(node, frame, "size", callee, args, kwargs, name="numel"))
        return Value(product(first.hint.shape), Origin("size", node, frame.file, "numel", (first,), frame), SIZE)
    if name in OF_KIND and first is not None and tensor:
        kind = keras_numpy.as_kind(args[1] if len(args) > 1 else kwargs.get("dtype", Value(None))).hint
        if kind is not None and kind != first.hint.dtype:  # type: ignore[attr-defined]
            asked = {"dtype": Value(kind)}
            return ev.dialect.call_forms(ev, callee, "keras.ops.cast", (first,), asked, node, frame)
        ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=ITS_ARGUMENT, result=first))
        return first
    if name in ITSELF and first is not None and (tensor or name.endswith(("function", "linear"))):
        ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=ITS_ARGUMENT, result=first))
        return first
    if name in CASTS and keras_policies.cast_is_nothing(args, kwargs):
        ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=ITS_ARGUMENT, result=first))
        return first
    if name in ARRAYS and first is not None and isinstance(first.hint, (ListObject, tuple)) and numbers(first):
        wanted = args[1] if len(args) > 1 else kwargs.get("dtype", Value(None))
        kind = keras_numpy.as_kind(wanted).hint if name in MAKING else name.rpartition(".")[2]
        if kind is None or kind in number_arrays.CONVERTED:
            return number_arrays.array(
                Value(first.hint, Origin("apply", node, frame.file, name, args, frame)), str(kind or "")
            )
    if name in ARRAYS and first is not None and numbers(first):
        ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=ITS_ARGUMENT, result=first))
        return first
    if name in CASTS and first is not None and rounds(first, args, kwargs):
        found = library.FUNCTIONS[WHOLE](ev, (first,), {}, node, frame)
        ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=WHOLE, result=found))
        return found
    if name in CASTS and first is not None and cast_number(first, args, kwargs):
        ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=ITS_ARGUMENT, result=first))
        return first
    if name in OF_NUMBERS and len(args) == 1 and first is not None and is_number(first.hint):
        found = library.FUNCTIONS[OF_NUMBERS[name]](ev, args, {}, node, frame)
        ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=OF_NUMBERS[name], result=found))
        return found
    if name in EXTREMES and len(args) == 2 and all(is_number(v.hint) for v in args):
        found = library.FUNCTIONS[EXTREMES[name]](ev, args, {}, node, frame)
        ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=EXTREMES[name], result=found))
        return found
    if name in FILLED and frame.file == "--set":
        return ev.dialect.call_forms(ev, callee, FILLED[name], args, kwargs, node, frame)
    if name in PRODUCTS and first is not None and len(args) + len(kwargs) == 1 and numbers(first):
        return library.FUNCTIONS["numpy.prod"](ev, args or (first,), {}, node, frame)
    handler = HANDLERS.get(name)
    if handler is None:
        return keras_starts.made(ev, callee, name, args, kwargs, node, frame)
    return handler(ev, args, kwargs, node, frame)


def cast_number(value: Value, args: Args, kwargs: Kwargs) -> bool:
    """Is a number or a size cast to fractions, or a whole number to whole numbers?"""
    dtype = str((args[1] if len(args) > 1 else kwargs.get("dtype", Value(None))).hint).rpartition(".")[2]
    if not is_number(value.hint):
        return False
    return "float" in dtype or ("int" in dtype and not isinstance(value.hint, float))


def rounds(value: Value, args: Args, kwargs: Kwargs) -> bool:
    """Is a number, or a part of a size, cast to whole numbers? It is cut towards zero, as `int` does it."""
    dtype = str((args[1] if len(args) > 1 else kwargs.get("dtype", Value(None))).hint).rpartition(".")[2]
    return isinstance(value.hint, (float, Quotient)) and dtype.startswith("int")


def numbers(value: Value) -> bool:
    """Is this a number, or lists of numbers?"""
    hint = value.hint
    if isinstance(hint, (ListObject, tuple)):
        return all(isinstance(v, Value) and numbers(v) for v in (hint.items if isinstance(hint, ListObject) else hint))
    return isinstance(hint, (int, float))


def sizes(ev: Evaluator, tensor: Value, node: ast.AST, frame: Frame) -> Value:
    """All sizes of a tensor."""
    cell = tensor.hint
    assert isinstance(cell, TensorCell)
    found = [
        Value(size, Origin("size", node, frame.file, str(axis), (tensor,), frame), SIZE)
        for axis, size in enumerate(cell.shape)
    ]
    return Value(tuple(found), None, SIZE)


def is_tensor(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """Is a value a tensor?"""
    return Value(bool(args) and isinstance(args[0].hint, TensorCell))


def get_activation(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """activations.get(name): the function of that name."""
    from pivot.reading.keras_arguments import activation_name

    given = args[0] if args else kwargs.get("identifier", Value(None))
    name = activation_name(given) if given.hint is not None else "keras.activations.linear"
    found = given if name is None else Value(Api(name), given.origin)
    ev.visit(Visit(node, frame, "named function", None, args, kwargs, name=name or "", result=found))
    return found


def given_back(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """`initializers.get(x)` and `regularizers.get(x)`: what is given."""
    return args[0] if args else next(iter(kwargs.values()), Value(None))


def tensor_shape(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """tf.TensorShape(dims): the sizes as a tuple."""
    return Value(tuple(iterate(ev, args[0], node, frame)), None, args[0].depends)


def learning_phase(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """Training or evaluation."""
    ev.visit(Visit(node, frame, "mode", None, (), name="training"))
    return Value(ev.mode_values[ev.mode], None, MODE)


def source_inputs(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value | None:
    """`get_source_inputs(tensor)`: the inputs that a symbolic tensor comes from."""
    first = args[0].hint if args else None
    if not isinstance(first, TensorCell) or first.version.id not in ev.recorder.made:
        return None
    found: dict[str, Value] = {}
    todo, seen = [first.version.id], set()
    while todo:
        record = ev.recorder.made.get(todo.pop())
        if record is None or id(record) in seen:
            continue
        seen.add(id(record))
        if record.again is None and record.result is not None:
            found[record.results[0].id] = record.result
        todo.extend(v.id for v in record.operands)
    return Value(ListObject(list(found.values())))


HANDLERS: dict[str, Answer] = {
    **{f"{module}.expand_dims": keras_shapes.lifted for module in ("keras.ops", "keras.backend", "tensorflow")},
    **dict.fromkeys(("keras.ops.concatenate", "keras.backend.concatenate", "tensorflow.concat"), keras_shapes.joined),
    keras_masks.NO_MASK: keras_masks.asked_for,
    "keras.backend.set_keras_mask": keras_masks.told,
    "keras.Variable": keras_variables.variable,
    "tensorflow.TensorShape": tensor_shape,
    "keras.backend.variable": keras_variables.variable,
    "keras.ops.is_tensor": is_tensor,
    "tensorflow.is_tensor": is_tensor,
    "keras.backend.is_keras_tensor": is_tensor,
    "keras.utils.is_keras_tensor": is_tensor,
    "keras.backend.is_tensor": is_tensor,
    "keras.activations.get": get_activation,
    "keras.activations.deserialize": get_activation,
    "keras.initializers.get": given_back,
    "keras.regularizers.get": given_back,
    "keras.constraints.get": given_back,
    "keras.initializers.serialize": given_back,
    "keras.regularizers.serialize": given_back,
    "keras.constraints.serialize": given_back,
    "keras.activations.serialize": given_back,
    "keras.dtype_policies.get": keras_policies.policy,
    "keras.dtype_policies.DTypePolicy": keras_policies.policy,
    "keras.DTypePolicy": keras_policies.policy,
    "keras.mixed_precision.Policy": keras_policies.policy,
    "keras.mixed_precision.DTypePolicy": keras_policies.policy,
    "keras.config.dtype_policy": keras_policies.policy,
    "keras.backend.learning_phase": learning_phase,
    "keras.ops.operation_utils.get_source_inputs": source_inputs,
    "keras.utils.get_source_inputs": source_inputs,
    "keras.utils.layer_utils.get_source_inputs": source_inputs,
    "keras.engine.get_source_inputs": source_inputs,
}
