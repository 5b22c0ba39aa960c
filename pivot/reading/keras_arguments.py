"""Arguments of Keras layers: spellings of every era, what has no meaning for the network, activations of layers.

A layer with an activation is two steps: what the layer does, and the function on its result. What only acts while
training (regularisers, constraints) or only says where a model begins (`input_shape`) is taken off, the former said.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pivot.reading import keras_orders, keras_policies
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.values import Api, ListObject, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pivot.op import Form
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

ACTIVATED = ("Dense", "Conv", "DepthwiseConv", "SeparableConv", "EinsumDense", "LocallyConnected")
"""Layers, by how their names begin, whose `activation` is a function on their result."""

INNER_DROPOUT = ("dropout", "recurrent_dropout")
RECURRENT = ("LSTM", "GRU", "SimpleRNN", "ConvLSTM")

LATE = ("BatchNormalization", "LayerNormalization", "GroupNormalization")
"""Layers whose axis is the last one in nearly every program, counted from either side."""

BEGINNINGS = ("input_shape", "batch_input_shape", "batch_shape", "input_dim", "input_length", "sparse", "ragged")
"""Say what enters a model whose first layer this is."""

SILENT = {
    "trainable",
    "name",
    "autocast",
    "implementation",
    "unroll",
    "use_cudnn",
    "time_major",
    "synchronized",
    "seed",
}

RENAMED = {
    "nb_filter": "filters", "nb_row": "", "nb_col": "", "border_mode": "padding", "subsample": "strides",
    "subsample_length": "strides", "filter_length": "kernel_size", "init": "kernel_initializer",
    "inner_init": "recurrent_initializer", "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer", "b_regularizer": "bias_regularizer", "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint", "dim_ordering": "data_format", "bias": "use_bias", "pool_length": "pool_size",
    "stride": "strides", "atrous_rate": "dilation_rate", "dropout_W": "dropout", "dropout_U": "recurrent_dropout",
    "gamma_init": "gamma_initializer", "beta_init": "beta_initializer", "init_alpha": "negative_slope",
}  # fmt: skip
"""Keras 1 and 2 -> Keras 3, for all layers."""

OF_ONE = {
    "Dense": {"output_dim": "units"}, "LSTM": {"output_dim": "units"}, "GRU": {"output_dim": "units"},
    "SimpleRNN": {"output_dim": "units"}, "Dropout": {"p": "rate"}, "SpatialDropout1D": {"p": "rate"},
    "SpatialDropout2D": {"p": "rate"}, "LeakyReLU": {"alpha": "negative_slope"}, "GaussianNoise": {"sigma": "stddev"},
    "UpSampling1D": {"length": "size"}, "RepeatVector": {"num": "n"}, "Concatenate": {"concat_axis": "axis"},
}  # fmt: skip
"""The same where a name means something else on other layers."""


@dataclass(slots=True)
class Prepared:
    """Arguments as forms take them. `back`: per place or keyword, where the argument stood in the source."""

    args: Args
    kwargs: Kwargs
    back: dict[int | str, int | str] = field(default_factory=dict)
    activation: Value | None = None
    channels_first: bool = False
    late: int | None = None  # an axis that is the last one if the input has as many
    beside: Kwargs = field(default_factory=dict)  # what the layer does with masks
    begins: Kwargs = field(default_factory=dict)


def prepare(
    ev: Evaluator, name: str, forms: Iterable[Form], args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> Prepared:
    """The arguments of a layer's constructor, ready for its forms. Raises Refusal."""
    layer = name.rpartition(".")[2]
    names = signature(forms)
    kwargs = keras_policies.check_all(ev, layer, kwargs, node, frame)
    named: dict[str, tuple[Value, int | str]] = {}
    for place, value in enumerate(args[: len(names)]):
        named[names[place]] = (value, place)
    for key, value in kwargs.items():
        new = OF_ONE.get(layer, {}).get(key) or (RENAMED.get(key, key) if key not in names else key)
        named[new or key] = (value, key)
    old_kernel(named)
    made = Prepared(args[len(names) :], {})
    for key, (value, where) in named.items():
        if key in BEGINNINGS and key not in names:
            made.begins[key] = value
        elif key == "data_format":
            made.channels_first = keras_orders.said(ev, layer, value, node, frame)
        elif key.endswith(("_regularizer", "_constraint")):
            if value.hint is not None:
                what = key.replace("_", " ")
                ev.note(
                    frame, node, f"{layer}: its {what} acts in training only", "set it up in the training", "penalty"
                )
        elif key == "activation" and layer.startswith(ACTIVATED):
            made.activation = value if value.hint is not None and value.hint != "linear" else None
        elif key == "padding" and isinstance(value.hint, str):
            made.kwargs[key], made.back[key] = Value(value.hint.lower(), value.origin, value.depends), where
        elif key == "axis" and layer in LATE and not isinstance(plain_axis(value), str):
            axis = int(plain_axis(value))
            made.late = axis if axis not in (-1, 1) else None
            made.kwargs[key], made.back[key] = Value(axis if axis in (-1, 1) else -1, value.origin), where
        elif key in INNER_DROPOUT and layer.startswith(RECURRENT):
            if value.hint not in (0, 0.0, None):
                why = f"{layer}: its {key.replace('_', ' ')} acts in training only and is not carried"
                ev.note(frame, node, why, "drop before the layer", "inner-dropout", "warning")
        elif key == "shared_axes" and isinstance(value.hint, int):
            made.kwargs[key], made.back[key] = Value((value,), value.origin, value.depends), where
        elif key == "mask_zero":
            made.beside[key] = value
        elif key in SILENT and key not in names:
            continue
        elif key == "weights":
            if value.hint is not None:
                why = f"{layer}: the numbers that its weights start from are not carried over"
                ev.note(frame, node, why, "load weights, or set these values in the target", "initialiser")
        else:
            made.kwargs[key], made.back[key] = value, where
    return made


def plain_axis(value: Value) -> int | str:
    """One axis, also where it is written as a list of one; the text of anything else."""
    hint = value.hint
    items = hint.items if isinstance(hint, ListObject) else hint if isinstance(hint, tuple) else (value,)
    only = items[0].hint if len(items) == 1 else None
    return only if isinstance(only, int) and not isinstance(only, bool) else "axes"


def old_kernel(named: dict[str, tuple[Value, int | str]]) -> None:
    """Keras 1: `Convolution2D(64, 3, 3)` and `nb_row=3, nb_col=3`: the sizes of the kernel one by one."""
    if "nb_row" in named and "nb_col" in named:
        row, col = named.pop("nb_row")[0], named.pop("nb_col")[0]
        named["kernel_size"] = (Value((row, col), None, row.depends | col.depends), -1)


def signature(forms: Iterable[Form]) -> list[str]:
    """Names of the arguments of a constructor, in their order."""
    return [slot.name for slot in next(iter(forms)).args if slot.name]


def activation_name(value: Value) -> str | None:
    """The canonical name of an activation that is given by its name or as a function of the library."""
    hint = value.hint
    if isinstance(hint, str):
        return f"keras.activations.{SAME_ACTIVATION.get(hint, hint)}"
    if isinstance(hint, Api):
        if hint.name == "keras.ops.gelu":
            return None  # another function than the activation of that name: it approximates unless told not to
        last = hint.name.rpartition(".")[2]
        library = hint.name.startswith(("keras.activations.", "keras.ops.", "tensorflow.nn.", "tensorflow."))
        return f"keras.activations.{SAME_ACTIVATION.get(last, last)}" if library else None
    return None


SAME_ACTIVATION = {"swish": "silu", "hard_swish": "hard_silu", "None": "linear"}
