"""Layers told that the channels come first: the tensor is turned, read with the channels last, and turned back."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import keras_policies, restating
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.modules import ModuleObject
from pivot.reading.values import Api, ClassObject, TensorCell, Unknown, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

CHANNELS_FIRST = "channels first"
SETTINGS = frozenset({"set_image_data_format", "set_image_dim_ordering"})
"""Functions that change the order of all layers of a file."""
LAST = (None, "channels_last", "tf", "default")
IMAGES = ("CenterCrop", "Resizing")  # layers that take an image without a batch, too
TURN, TURN_BACK = 2, 3  # parts of the site of the call; 1 is its activation


def said(ev: Evaluator, layer: str, order: Value, node: ast.AST, frame: Frame) -> bool:
    """Does `data_format=` put the channels first? Raises Refusal where that is not known how to read."""
    if isinstance(order.hint, Unknown):
        why = f"data_format of {layer} is not known ({order.hint.why}): the channels are taken to be last"
        ev.note(frame, node, why, "write it as a text, or bind the name with --set", "data-format", "warning")
        return False
    if order.hint in LAST:
        return False
    if order.hint not in ("channels_first", "th") or layer.startswith("ConvLSTM"):
        why = f"{layer} with data_format={order.hint!r} is not read"
        raise ev.refusal(frame, node, why, "store the channels last, as Keras does by default")
    return True


def taken_off(
    ev: Evaluator, module: ModuleObject, cls: ClassObject, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> Kwargs:
    """The arguments of a restated layer without its order and policy, which are kept beside it or said."""
    if not restating.is_restatement(cls.file):
        return kwargs
    kwargs = keras_policies.check_all(ev, cls.name, kwargs, node, frame)
    order = kwargs.get("data_format")
    if order is not None and said(ev, cls.name, order, node, frame):
        ev.set_item(module.attrs, CHANNELS_FIRST, Value(True))
    return {name: value for name, value in kwargs.items() if name != "data_format"}


def turned(ev: Evaluator, module: ModuleObject, args: Args, node: ast.AST, frame: Frame) -> Args:
    """x: (N, C, ...) as (N, ..., C) where the layer was told so."""
    cell = args[0].hint if args else None
    if CHANNELS_FIRST not in module.attrs or not isinstance(cell, TensorCell):
        return args
    rank = len(cell.shape)
    if rank < 3:  # the only axis beside the batch is the last one
        return args
    if rank == 3 and module.class_name in IMAGES:
        why = f"{module.class_name} of an image without a batch whose channels come first is not read"
        raise ev.refusal(frame, node, why, "give it a batch of images")
    return (transposed(ev, args[0], (0, *range(2, rank), 1), ev.trace.part(node, TURN), frame), *args[1:])


def turned_back(ev: Evaluator, module: ModuleObject, result: Value, node: ast.AST, frame: Frame) -> Value:
    """y: (N, ..., F) as (N, F, ...); what has no axes left beside these stays."""
    cell = result.hint
    if CHANNELS_FIRST not in module.attrs or not isinstance(cell, TensorCell) or len(cell.shape) < 3:
        return result
    rank = len(cell.shape)
    site = ev.trace.part(node, TURN_BACK)
    site.__dict__["closes"] = "container_index" not in node.__dict__
    return transposed(ev, result, (0, rank - 1, *range(1, rank - 1)), site, frame)


def transposed(ev: Evaluator, tensor: Value, axes: tuple[int, ...], site: ast.AST, frame: Frame) -> Value:
    """keras.ops.transpose(tensor, axes)."""
    order = Value(tuple(Value(axis) for axis in axes))
    return ev.call(Value(Api("keras.ops.transpose")), (tensor, order), {}, site, frame)
