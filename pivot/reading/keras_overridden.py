"""What a class that derives from a layer of Keras changes of what the layer's own `call` computes with.

The `call` that it inherits or hands on to is read as the layer is. A method that the layer calls inside, an argument
that is set anew, another tensor in the place of a weight: none of them is in that reading, so that they are refused.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import classes, restating
from pivot.reading.keras_starts import given_to
from pivot.reading.modules import ACTIVATION
from pivot.reading.values import Api, ClassObject, ListObject, TensorCell, Unknown, Value
from pivot.reading.walking import walk
from pivot.slots import Ignored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame
    from pivot.reading.modules import ModuleObject

CALLED_INSIDE = frozenset((
    "_apply_scores", "_assign_moving_average", "_build_attention", "_build_from_signature", "_calculate_mean_and_var",
    "_calculate_score_mask", "_calculate_scores", "_compute_attention", "_compute_attention_mask",
    "_compute_carry_and_output", "_compute_carry_and_output_fused", "_compute_causal_mask", "_conv_op",
    "_fused_batch_norm", "_get_noise_shape", "_get_training_value", "_jit_compiled_convolution_op", "_masked_softmax",
    "_moments", "inner_loop",
))  # fmt: skip
"""Methods that layers of Keras call from their own `call`, over the years; a class may call them, too."""


READ_BESIDE = ("mask_zero",)
"""What the reading itself keeps under the name of an argument."""


def check_class(ev: Evaluator, node: ast.ClassDef, bases: Sequence[Value], frame: Frame) -> None:
    """Refuse a class whose layer would call one of its methods. Raises Refusal."""
    methods = [s for s in node.body if isinstance(s, ast.FunctionDef)]
    inside = [
        s for s in methods if s.name in CALLED_INSIDE or (s.name[0] == "_" != s.name[1:2] and not asks(node, s.name))
    ]
    if not inside or restating.forwards_itself(node) or not any(is_of_layer(value.hint) for value in bases):
        return
    why = f"{node.name} has a method {inside[0].name} of its own, which the layer that it derives from calls inside"
    raise ev.refusal(frame, inside[0], why, "compute it in call()", "changed-layer")


def asks(node: ast.ClassDef, name: str) -> bool:
    """Does a class ask itself for a method? What it does not, only the layer that it derives from can call."""
    asked = (n for n in walk(node) if isinstance(n, ast.Attribute) and n.attr == name)
    return any(isinstance(n.value, ast.Name) and n.value.id in ("self", "cls", node.name) for n in asked)


def is_of_layer(hint: object) -> bool:
    """Is a base a layer of Keras, its restatement, or a class that derives from one?"""
    if isinstance(hint, Api):
        return hint.name.startswith("keras.layers.") and hint.name != "keras.layers.Layer"
    if not isinstance(hint, ClassObject):
        return False
    base = classes.library_base(hint)
    restated = any(isinstance(c, ClassObject) and restating.is_restatement(c.file) for c in hint.mro())
    return restated or (base is not None and is_of_layer(base))


def check_instance(ev: Evaluator, module: ModuleObject, node: ast.AST, frame: Frame) -> None:
    """Refuse the library's call of an object that has something else in its place. Raises Refusal."""
    form = module.form
    assert form is not None
    for slot in form.args:
        now, was = module.attrs.get(slot.name or ""), given_to(module, slot.name or "")
        if now is None or was is None or isinstance(slot.value, Ignored) or isinstance(was.hint, Unknown):
            continue
        if slot.name in READ_BESIDE:
            continue
        if slot.name == "activation" and ACTIVATION not in module.attrs:
            continue  # it stands in the class's own call
        if one_number(now.hint) != one_number(was.hint):
            why = f"{slot.name} of {module.class_name} is changed after the layer was made"
            raise ev.refusal(frame, node, why, "give it to the constructor of the base class", "changed-layer")
    for role, place in form.weights.items():
        held = module.attrs.get(place.path)
        cell = held.hint if held is not None else None
        if not isinstance(cell, TensorCell) or cell.version.parameter is module.weights.get(role, cell):
            continue
        why = f"{module.class_name} has another {place.path} than the one that the layer makes"
        raise ev.refusal(frame, node, why, "compute with it in call(), without the layer's own call", "changed-layer")


def one_number(hint: object) -> object:
    """Values as Python's own; (3, 3) as 3."""
    items = hint.items if isinstance(hint, ListObject) else hint if isinstance(hint, tuple) else None
    if items is None:
        return hint
    parts = [one_number(item.hint if isinstance(item, Value) else item) for item in items]
    return parts[0] if parts and all(part == parts[0] for part in parts) else tuple(parts)
