"""A class of a library layer that calls the layer's function with its own weights: that is the layer's own call.

`F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)` in a class that derives from nn.LayerNorm is
`super().forward(x)`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.opset import Form
from pivot.reading import applying
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Visit
from pivot.reading.values import ClassObject, TensorCell, Value
from pivot.slots import Coded, Flag, Operand, Path

if TYPE_CHECKING:
    from pivot.forms import Bound
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

OWN = "own"  # the name of such a visit


def layer_of(ev: Evaluator, visit: Visit, node: ast.AST, frame: Frame, anywhere: bool = False) -> ModuleObject | None:
    """The layer whose own call a function's visit is, if it is one. `anywhere`: the weight may stand first."""
    owner = frame.receiver.hint if frame.receiver is not None else None
    form, bound = visit.form, visit.bound
    if not isinstance(owner, ModuleObject) or owner.form is None or form is None or bound is None:
        return None
    if not isinstance(owner.cls, ClassObject) or form.kind != "function" or form.op.name != owner.form.op.name:
        return None
    if not isinstance(node, ast.Call) or not node.args or isinstance(node.args[0], ast.Starred):
        return None
    if form.spelling != "call" or not isinstance(node.func, (ast.Name, ast.Attribute)):
        return None
    first = form.args[0].value
    if not anywhere and isinstance(first, Operand) and set(first.names) & set(form.op.weights):
        return None  # `ops.take(table, ids)`: what the layer is applied to stands elsewhere
    if place_of(form, bound) is None:
        return None
    same = same_weights(form, bound, owner) and same_params(form, bound.params, owner.params)
    return owner if same and bound.flags.get("training", ev.mode == "train") == (ev.mode == "train") else None


def place_of(form: Form, bound: Bound) -> tuple[str, int | str] | None:
    """The input of the op and where it is given: `ids` stands behind the weight in `ops.take(table, ids)`."""
    name = next(iter(form.op.inputs))
    slot = next((s for s in form.args if isinstance(s.value, Operand) and name in s.value.names), None)
    where = bound.given.get(slot.key) if slot is not None else None
    return (name, where) if where is not None else None


def same_weights(form: Form, bound: Bound, owner: ModuleObject) -> bool:
    """Are the weights that a function is given the layer's own, in the same roles?"""
    if not owner.weights:
        return False
    taken = {n for slot in form.args if isinstance(slot.value, Operand) for n in slot.value.names} & set(
        form.op.weights
    )
    for role in taken:
        given = bound.operands.get(role)
        parameter = given.version.parameter if isinstance(given, TensorCell) else None
        if parameter is not owner.weights.get(role):
            return False
    return {r for r in owner.weights if owner.weights[r].trainable} <= taken


def same_params(form: Form, given: Mapping[str, object], own: Mapping[str, object]) -> bool:
    """Are the arguments those that the layer was made with?"""
    for slot in form.args:
        path = slot.value.path if isinstance(slot.value, Coded) else slot.value
        if isinstance(path, Path) and path.name in given and given[path.name] != own.get(path.name):
            return False
    return True


def depends_on_mode(form: Form) -> bool:
    """Does the function of an op take whether it is trained?"""
    return any(
        isinstance(slot.value, Flag) and slot.value.name == "training"
        for forms in form.op.forms.values()
        for other in forms
        for slot in other.args
    )


def call(
    ev: Evaluator, layer: ModuleObject, args: tuple[Value, ...], node: ast.AST, frame: Frame, visit: Visit
) -> Value:
    """The layer applied to the function's input."""
    form, bound = visit.form, visit.bound
    assert form is not None and bound is not None
    _, where = place_of(form, bound) or ("", 0)
    x = args[where] if isinstance(where, int) else visit.kwargs[where]
    visit.kind, visit.name, visit.module = "apply", OWN, layer
    before = len(ev.nodes)
    result = applying.apply_layer(ev, layer, (x,), {}, node, frame, visit)
    if where != 0 and visit.bound is not None:
        visit.bound = replace(visit.bound, given=dict.fromkeys(visit.bound.given, where))
    for made in ev.nodes[before:]:
        made.index = layer.calls.get(ev.mode, 1) - 1
    return result
