"""What a library layer was made with and what it learns, read from it: `self.dropout.p` is `self.dropout.rate`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from codegen.kept_weights import reads_as_stored
from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from codegen.writing.slots import slot_param
from pivot.forms import face
from pivot.op import Form
from pivot.reading.initialising import in_forward
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Visit
from pivot.reading.values import ClassObject, TensorCell, Value

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions
    from pivot.slots import Slot


Place: TypeAlias = tuple[str, tuple[str, ...], tuple[str, ...]]
"""The name of a weight in a layer of the target, and its axis letters here and there."""


def attribute(e: Expressions, node: ast.Attribute, visits: list[Visit]) -> ast.expr:
    """The target's attribute of the same meaning, or the number where all visits agree on it."""
    names = {target_name(e, visit) for visit in visits}
    name, places = next(iter(names)), {place_in_row(e, visit.module) for visit in visits}
    if len(names) == 1 and name is not None and len(places) == 1:
        owner, place = e.expr(node.value), places.pop()
        if place is not None:
            owner = ast.Subscript(e.w.target.in_row(owner), nodes.literal(place), ast.Load())
        asked = ast.Attribute(owner, name, node.ctx)
        flag = all(isinstance(v.result.hint if v.result is not None else None, bool) for v in visits)
        if flag and any(name in weights_of(e, v.module) for v in visits):  # `use_bias` there, the bias itself here
            return ast.Compare(asked, [ast.IsNot()], [ast.Constant(None)])
        return asked
    found = [plain(v.result) for v in visits]
    if any(f is None for f in found) or any(f != found[0] for f in found):
        return nodes.gone()  # needed for initialisation alone, or whoever needs it says so
    return nodes.literal(found[0])


def weight(e: Expressions, node: ast.Attribute, visits: list[Visit]) -> ast.expr:
    """A weight of a library layer: `self.embed.weight` is `self.embed.embeddings`."""
    places = {place for visit in visits if visit.module is not None for place in weight_places(e, visit)}
    if not places:  # a parameter that a class of the program adds to the layer
        return ast.Attribute(e.expr(node.value), e.w.attribute_name(node), node.ctx)
    path, why = the_place(e, places, visits)
    if why and not any(in_forward(visit.frame) for visit in visits) and not computes_early(e):
        return nodes.gone()  # what a weight starts from is said where its layer is made
    if why:
        raise Unwritable(why)
    return ast.Attribute(e.expr(node.value), path, node.ctx)


def computes_early(e: Expressions) -> bool:
    """Does the network hold a buffer, or go on with what was computed while it was built? Of weights, perhaps."""
    ev = e.w.ev
    early = {id(node) for node in ev.nodes[: ev.built]}
    tables = any(parameter.buffer and not parameter.role for parameter in e.w.done.network.parameters)
    return tables or any(id(node) in early for node in e.w.done.network.nodes)


def the_place(e: Expressions, places: set[Place], visits: list[Visit]) -> tuple[str, str]:
    """The name of a weight in the target's layer; or why it cannot be read there."""
    if len(places) != 1:
        return "", "this weight has several places in the target's layers"
    path, source, target = next(iter(places))
    if not all(v.module is not None and (v.module.calls or isinstance(v.module.cls, ClassObject)) for v in visits):
        return "", "the layer of this weight is never called: it has no weights in Keras"
    kept = all(v.module is not None and reads_as_stored(e.w.layout.orders, v.module, v.name) for v in visits)
    other = source != target and not kept
    return path, "the target's layer keeps the axes of this weight in another order" if other else ""


def weight_places(e: Expressions, visit: Visit) -> set[Place]:
    """Per form of the target that has the weight: its name there, and its axis letters here and there."""
    form = visit.module.form if visit.module is not None else None
    role = next((r for r, place in form.weights.items() if place.path == visit.name), None) if form else None
    if form is None or role is None:
        return set()
    source = tuple(form.weights[role].letters.split())
    others = [o for o in form.op.forms.get(e.w.layout.framework, ()) if o.kind == "layer" and role in o.weights]
    return {(o.weights[role].path, source, tuple(o.weights[role].letters.split())) for o in others}


def asks_type_of_weight(node: ast.Attribute, visits: list[Visit]) -> bool:
    """`self.conv.weight.dtype`: the type that the layer computes in."""
    if node.attr != "dtype" or not isinstance(node.value, ast.Attribute):
        return False
    cells = [v.args[0].hint for v in visits if v.args]
    parameters = [c.version.parameter for c in cells if isinstance(c, TensorCell)]
    return bool(parameters) and all(p is not None and p.role for p in parameters)


def target_name(e: Expressions, visit: Visit) -> str | None:
    """How the target's layer calls an argument of the source's, where both say it alike."""
    form = visit.module.form if visit.module is not None else None
    if form is None:
        return None
    slot = next((s for s in form.args if s.name == visit.name), None)
    param = slot_param(slot) if slot is not None else None
    if slot is None or param is None:
        return None
    chosen = chosen_form(e, visit.module)
    for other in form.op.forms.get(e.w.layout.framework, ()) if chosen is None else (chosen,):
        if other.kind == "layer":
            same = next((s for s in other.args if slot_param(s) == param), None)
            return same.name if same is not None and face(same) == face(slot) is not None else None
    return None


def place_in_row(e: Expressions, module: ModuleObject | None) -> int | None:
    """Where a layer stands in the row that is written for it, with its padding; None where it stands alone, or beside
    the other, which has a name of its own.
    """
    for node in e.w.sites.applied.get(id(module), []):
        low = e.w.lowering.lowered.get(id(node))
        steps = low.chosen.steps if low is not None and low.chosen is not None else ()
        beside = any(known == id(module) for known, _ in e.w.siblings)
        if len(steps) > 1 and not beside and all(step.form.kind == "layer" for step in steps):
            return next((place for place, step in enumerate(steps) if step.op is node.op), None)
    return None


def weights_of(e: Expressions, module: ModuleObject | None) -> set[str]:
    """The names that the target's layer has for its weights."""
    form = chosen_form(e, module) or (module.form if module is not None else None)
    others = form.op.forms.get(e.w.layout.framework, ()) if form is not None else ()
    return {place.path for other in others if other.kind == "layer" for place in other.weights.values()}


def chosen_form(e: Expressions, module: ModuleObject | None) -> Form | None:
    """The form of the one layer that a layer is written as; None where that is not known, or where it is several."""
    for node in e.w.sites.applied.get(id(module), []):
        low = e.w.lowering.lowered.get(id(node))
        steps = low.chosen.steps if low is not None and low.chosen is not None else ()
        if len(steps) == 1 and steps[0].op is node.op and steps[0].form.kind == "layer":
            return steps[0].form
    return None


def plain(value: Value | None) -> object:
    """A number, text or tuple of them; None for everything else."""
    hint = value.hint if value is not None else None
    if isinstance(hint, tuple):
        inner = tuple(plain(v) for v in hint if isinstance(v, Value))
        return None if any(i is None for i in inner) else inner
    return hint if isinstance(hint, (bool, int, float, str)) else None


def hint_of(visit: Visit, slot: str) -> object:
    """The plain value that a visit gave to a slot."""
    if visit.bound is None:
        return None
    value = visit.given(slot)
    if value is None:
        slot_made = next((s for s in visit.form.args if s.key == slot), None) if visit.form is not None else None
        return slot_made.default if slot_made is not None else None
    where = visit.bound.given.get(slot)
    if isinstance(where, int) and isinstance(visit.node, ast.Call) and len(visit.node.args) == 1:
        if isinstance(visit.node.args[0], ast.Starred) and any(s.variadic and s.key == slot for s in form_args(visit)):
            return tuple(v.hint for v in visit.args[where:])  # f(*shape)
    hint = value.hint
    return tuple(v.hint if isinstance(v, Value) else v for v in hint) if isinstance(hint, tuple) else hint


def form_args(visit: Visit) -> tuple[Slot, ...]:
    """What the form takes by which a visit was read."""
    return visit.form.args if visit.form is not None else ()
