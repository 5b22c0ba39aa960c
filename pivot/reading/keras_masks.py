"""Masks that Keras hands from layer to layer beside the tensors: made by some layers, passed on by most, taken by few.

A mask is computed only where a layer takes it. Where Keras would let it change values in a way that is not read, the
program is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pivot.reading import classes, mask_paths, restating
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.modules import ModuleObject
from pivot.reading.recording import cells
from pivot.reading.trace import Visit
from pivot.reading.values import Api, ClassObject, DictObject, FunctionObject, ListObject, TensorCell, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

PASSING = {
    "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Bidirectional", "Dense", "Dropout",
    "ELU", "GaussianDropout", "GaussianNoise", "GroupNormalization", "Identity", "LayerNormalization", "LeakyReLU",
    "MultiHeadAttention", "Normalization", "PReLU", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D",
    "SpatialDropout2D", "SpatialDropout3D", "TimeDistributed", "UnitNormalization", "Attention", "AdditiveAttention",
    "LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D",
}  # fmt: skip
"""Layers of Keras whose result has the mask of their (first) input; recurrent ones where they give sequences."""

TAKING = {
    "LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "GlobalAveragePooling1D",
    "Attention", "AdditiveAttention", "Softmax",
}  # fmt: skip
"""Layers of Keras that compute something else where there is a mask."""

SUMMING = {"Add", "Average", "Subtract"}
"""Merging layers that compute the same whatever masks come to them."""
MERGING = {"Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract", "Concatenate", "Dot"}


@dataclass(slots=True)
class Mask:
    """A mask that is made when it is asked for. `make` is None where it is not known how."""

    make: Callable[[], Value] | None
    made: Value | None = None
    maker: ast.AST | None = None  # the call of the layer that makes it, and where that stands
    frame: Frame | None = None

    def value(self, ev: Evaluator, node: ast.AST, frame: Frame) -> Value:
        """The mask as a tensor. Raises Refusal."""
        if self.made is None:
            if self.make is None:
                raise ev.refusal(frame, node, "a mask that joins several masks is not read", "pass the mask by hand")
            self.made = self.make()
        return self.made


def mask_of(ev: Evaluator, value: Value) -> Mask | None:
    """The mask that a tensor has."""
    hint = value.hint
    return ev.recorder.masks.get(hint.version.id) if isinstance(hint, TensorCell) else None


def masks_of(ev: Evaluator, value: Value, node: ast.AST, frame: Frame) -> Value | None:
    """The mask of a tensor, or those of a list of tensors with None between; None where there is none at all."""
    hint = value.hint
    if isinstance(hint, (tuple, ListObject)):
        items = hint.items if isinstance(hint, ListObject) else hint
        found = [masks_of(ev, item, node, frame) for item in items if isinstance(item, Value)]
        return Value(ListObject([m or Value(None) for m in found])) if any(m is not None for m in found) else None
    mask = mask_of(ev, value)
    return None if mask is None else mask.value(ev, node, frame)


def supports(ev: Evaluator, module: ModuleObject) -> bool:
    """What a layer answers that was not told: does its class make masks?"""
    zero = module.attrs.get("mask_zero")
    if zero is not None:
        return bool(zero.hint)
    return isinstance(module.cls, ClassObject) and classes.member(ev, module.cls, "compute_mask") is not None


def computed(ev: Evaluator, module: ModuleObject, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """`layer.compute_mask(x, mask=None)` of a layer of the library. Raises Refusal."""
    given = {**dict(zip(("inputs", "previous_mask"), args, strict=False)), **kwargs}
    before = given.get("previous_mask") or given.get("mask") or Value(None)
    zero = module.attrs.get("mask_zero")
    if "inputs" in given and zero is not None and zero.hint and isinstance(node, ast.Call):
        made = ev.trace.methods.get(id(node))
        if made is None:
            first = node.args[0] if node.args else node.keywords[0].value
            if isinstance(first, ast.Starred):
                first = ast.copy_location(ast.Subscript(first.value, ast.Constant(0), ast.Load()), node)
            made = ast.copy_location(ast.Compare(first, [ast.NotEq()], [ast.Constant(0)]), node)
            made.__dict__["container_site"] = node
            ev.trace.methods[id(node)] = made
        return ev.dialect.operator(ev, "!=", (given["inputs"], Value(0)), made, frame)
    if module.layer_name == "Embedding" or (before.hint is None and module.layer_name in PASSING):
        ev.visit(Visit(node, frame, "dropped", None, args, kwargs, name=NO_MASK))
        return Value(None)
    if module.class_name == "Masking":
        restating.turn_to(ev, "keras.layers.Masking")
    raise ev.refusal(frame, node, f"the mask that {module.class_name} makes is not read", "write it with ops", "mask")


def asked_for(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value | None:
    """`get_keras_mask(x)`: None where a tensor has no mask. Raises Refusal where it has one."""
    first = args[0] if args else next(iter(kwargs.values()), Value(None))
    if masks_of(ev, first, node, frame) is not None:
        raise ev.refusal(frame, node, "the mask of a tensor is asked for", "take it as an argument of call()", "mask")
    ev.visit(Visit(node, frame, "dropped", None, args, kwargs, name=NO_MASK))
    return Value(None)


def told(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value | None:
    """`set_keras_mask(x, None)`: nothing; with a mask it is not read."""
    mask = args[1] if len(args) > 1 else kwargs.get("mask", Value(None))
    if mask.hint is not None:
        return None
    ev.visit(Visit(node, frame, "dropped", None, args, kwargs, name="keras.backend.set_keras_mask"))
    return Value(None)


NO_MASK = "keras.backend.get_keras_mask"
MASKED = "has a mask"
"""What is kept beside a layer that Keras hands a mask."""


def given(
    ev: Evaluator, module: ModuleObject, names: list[str], args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> Kwargs:
    """The keywords of a call with the masks that Keras adds. `names`: the parameters of the class's own `call`.

    It hands on `mask` to what is called with one tensor, or one list of them; to what is called with several, such as
    a recurrent layer with its initial state, only `query_mask` and the like.
    """
    if not ev.recorder.masks:
        return kwargs
    by_name = {**dict(zip(names, args, strict=False)), **{k: v for k, v in kwargs.items() if k in names}}
    if not names:
        by_name = dict(zip(("query", "value", "key"), args, strict=False)) | {
            k: v for k, v in kwargs.items() if k in ("query", "value", "key", "sequences", "inputs")
        }
    first = next(iter(by_name.values()), None)
    more: Kwargs = {}
    several = sum(map(is_tensors, (*args, *kwargs.values()))) > 1
    takes = "mask" in names or (not names and module.layer_name in TAKING)
    if takes and several and first is not None and said_none(kwargs, "mask") and "mask" not in by_name:
        tell_unmasked(ev, module, first, node, frame)
    elif takes and first is not None and "mask" not in by_name and said_none(kwargs, "mask"):
        mask = masks_of(ev, first, node, frame)
        if mask is not None:
            more["mask"] = mask
            note_handed(ev, "mask", first, node, frame)
    attends = module.class_name == "MultiHeadAttention"
    for name, value in by_name.items() if several else ():
        key = f"{name}_mask"
        if (key in names or (attends and not names)) and said_none(kwargs, key) and key not in by_name:
            mask = masks_of(ev, value, node, frame)
            if mask is not None:
                more[key] = mask
                note_handed(ev, key, value, node, frame)
    if (module.class_name in MERGING and not isinstance(module.cls, ClassObject)) or restated_merge(module):
        refuse_merge(ev, module, args, node, frame)
    if more:
        ev.set_item(module.attrs, MASKED, Value(True))
    return {**kwargs, **more}


def note_handed(ev: Evaluator, keyword: str, value: Value, node: ast.AST, frame: Frame) -> None:
    """Remember that a call in a function of the program has a mask that its text does not say."""
    if ev.speculating or not mask_paths.is_text(frame):
        return
    hint = value.hint
    items = hint.items if isinstance(hint, ListObject) else hint if isinstance(hint, tuple) else None
    held = [value] if items is None else [item for item in items if isinstance(item, Value)]
    masks = tuple(mask_of(ev, item) for item in held)
    ev.handed.append(mask_paths.Handed(node, frame, keyword, masks, items is not None))


def is_tensors(value: Value) -> bool:
    """Is an argument a tensor, or tensors in a list, a tuple or a dict, and nothing else?"""
    hint = value.hint
    items: Iterable[object] = hint if isinstance(hint, (tuple, ListObject)) else ()
    parts = [item for _, item in hint.entries.values()] if isinstance(hint, DictObject) else list(items)
    return isinstance(hint, TensorCell) or (bool(parts) and all(isinstance(v, Value) and is_tensors(v) for v in parts))


def tell_unmasked(ev: Evaluator, module: ModuleObject, first: Value, node: ast.AST, frame: Frame) -> None:
    """Say that a layer has no mask although what comes to it has one."""
    if mask_of(ev, first) is not None:
        why = f"{module.class_name} is called with several tensors: Keras 3 hands it no mask, as Keras 2 did"
        ev.note(frame, node, why, "give it mask=layer.compute_mask(x) where it is to have one", "mask", "warning")


def parameters(ev: Evaluator, module: ModuleObject) -> list[str]:
    """The names of what a class's own `call` takes; none for layers of the library."""
    hit = classes.member(ev, module.cls, "call") if isinstance(module.cls, ClassObject) else None
    if hit is None or not isinstance(hit[0].hint, FunctionObject):
        return []
    spec = hit[0].hint.node.args
    return [a.arg for a in (*spec.args, *spec.kwonlyargs)][1:]


def said_none(kwargs: Kwargs, key: str) -> bool:
    """Is an argument left out, or None?"""
    return key not in kwargs or kwargs[key].hint is None


def restated_merge(module: ModuleObject) -> bool:
    """Is this the restatement of a merging layer?"""
    return (
        isinstance(module.cls, ClassObject)
        and module.class_name in MERGING
        and restating.is_restatement(module.cls.file)
    )


def refuse_merge(ev: Evaluator, module: ModuleObject, args: Args, node: ast.AST, frame: Frame) -> None:
    """Keras' layers for the product and extremes replace values where a mask says so. Raises Refusal."""
    if module.class_name in ("Concatenate", "Dot", *SUMMING):
        return
    if any(cell.version.id in ev.recorder.masks for value in args for cell in cells(value)):
        why = f"{module.class_name} of tensors with masks is not read"
        raise ev.refusal(frame, node, why, "merge with operators, or leave mask_zero out", "mask")


def hand_on(
    ev: Evaluator, module: ModuleObject, args: Args, kwargs: Kwargs, result: Value, node: ast.AST, frame: Frame
) -> None:
    """Give the result of a layer the mask that Keras gives it."""
    cell = result.hint
    if isinstance(cell, (tuple, ListObject)):
        items = cell.items if isinstance(cell, ListObject) else cell
        cell = items[0].hint if items and isinstance(items[0], Value) else None
    first = args[0] if args else next(iter(kwargs.values()), None)
    if not isinstance(cell, TensorCell) or first is None or cell.version.id in ev.recorder.masks:
        return
    made = new_mask(ev, module, first, node, frame) or passed(ev, module, first)
    if made is None:
        return
    if made.maker is None:
        made.maker, made.frame = node, frame
    ev.recorder.masks[cell.version.id] = made


def new_mask(ev: Evaluator, module: ModuleObject, first: Value, node: ast.AST, frame: Frame) -> Mask | None:
    """The mask that an Embedding(mask_zero=True), a Masking or a class with `compute_mask` makes."""
    site = ev.trace.part(node, 3)

    def call(name: str, *args: Value, **kwargs: Value) -> Value:
        return ev.call(Value(Api(name)), args, kwargs, site, frame)

    zero = module.attrs.get("mask_zero")
    if zero is not None and zero.hint:
        return Mask(lambda: call("keras.ops.not_equal", first, Value(0)))
    if module.class_name == "Masking":
        value = module.attrs.get("mask_value", Value(0.0))
        return Mask(lambda: call("keras.ops.any", call("keras.ops.not_equal", first, value), axis=Value(-1)))
    if module.class_name == "Concatenate" and any(c.version.id in ev.recorder.masks for c in cells(first)):
        return Mask(None)
    if module.layer_name in SUMMING and is_of_library(module):
        return joined(ev, first)
    hit = classes.member(ev, module.cls, "compute_mask") if isinstance(module.cls, ClassObject) else None
    if hit is None or not isinstance(hit[0].hint, FunctionObject):
        return None
    method, cls = hit
    assert isinstance(module.cls, ClassObject) and isinstance(method.hint, FunctionObject)
    hidden = handed_on_to(module, method.hint)
    if hidden is not None:
        return Mask(lambda: call("keras.ops.not_equal", first, Value(0))) if hidden else None
    bound = classes.bind_method(method, Value(module), cls)
    before = masks_of(ev, first, node, frame)
    found = ev.call(bound, (first, before or Value(None)), {}, site, frame)  # whatever it calls its parameters
    return Mask(None, found) if isinstance(found.hint, TensorCell) else None


def joined(ev: Evaluator, first: Value) -> Mask | None:
    """The mask of a sum: none where a term has none, that of all terms; what joins several is not read."""
    hint = first.hint
    items = hint.items if isinstance(hint, ListObject) else hint if isinstance(hint, tuple) else ()
    masks = [mask_of(ev, item) if isinstance(item, Value) else None for item in items]
    known = [m for m in masks if m is not None]
    if not known or len(known) < len(masks):
        return None
    if all(m is known[0] for m in known):
        return known[0]
    return Mask(None)


def is_of_library(module: ModuleObject) -> bool:
    """Is this a layer of Keras itself, or its restatement?"""
    return not isinstance(module.cls, ClassObject) or restating.is_restatement(module.cls.file)


def handed_on_to(module: ModuleObject, method: FunctionObject) -> bool | None:
    """`def compute_mask(self, x, mask=None): return self.embedding.compute_mask(x, mask)`: does that embedding make a
    mask? None where the method is no such one.
    """
    body = method.node.body if isinstance(method.node.body, list) else []
    last = body[-1].value if body and isinstance(body[-1], ast.Return) else None
    func = last.func if isinstance(last, ast.Call) and len(body) == 1 else None
    owner = func.value if isinstance(func, ast.Attribute) and func.attr == "compute_mask" else None
    if not isinstance(owner, ast.Attribute) or not isinstance(owner.value, ast.Name):
        return None
    child = module.children.get(owner.attr)
    held = child.hint if child is not None else None
    if not isinstance(held, ModuleObject) or held.form is None or held.form.op.name != "embedding":
        return None
    zero = held.attrs.get("mask_zero")
    return zero is not None and bool(zero.hint)


def passed(ev: Evaluator, module: ModuleObject, first: Value) -> Mask | None:
    """The mask of the input where a layer passes it on."""
    hint = first.hint
    items = hint.items if isinstance(hint, ListObject) else hint if isinstance(hint, tuple) else (first,)
    mask = mask_of(ev, items[0]) if items and isinstance(items[0], Value) else None
    if mask is None:
        return None
    if isinstance(module.cls, ClassObject) and not restating.is_restatement(module.cls.file) and not module.made_by:
        supports = module.attrs.get("supports_masking")
        return mask if supports is not None and supports.hint is True else None
    if module.layer_name not in PASSING:
        return None
    sequences = module.attrs.get("return_sequences")
    if sequences is None and module.bound is not None and module.visit is not None:
        made = module.made_by or module.visit
        sequences = (made.read_as[1] if made.read_as is not None else made.kwargs).get("return_sequences", Value(False))
    recurrent = module.layer_name in ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D")
    return None if recurrent and not (sequences is not None and sequences.hint) else mask
