"""Layers that are made with another number than before, read again; what else holds them must not show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pivot import starts
from pivot.forms import Bound
from pivot.reading import applying
from pivot.reading.evaluator import Evaluator
from pivot.reading.modules import ModuleObject
from pivot.reading.retuned.declined import Declined
from pivot.reading.retuned.flow import flat
from pivot.reading.stored import stored_shape
from pivot.reading.trace import Visit

HOLDING = {"container", "weight", "apply", "function", "class", "method", "dropped", "super", "layer"}
"""Kinds of calls that only hold a module, or call it; a layer around another one is looked at by itself."""
STORING = {"append", "extend", "insert", "builtins.isinstance", "builtins.list", "builtins.tuple"}
Facts = list[object]


def retune(ev: Evaluator, visit: Visit, before: Facts) -> ModuleObject:
    """Read the making of a layer again, now that its arguments hold other numbers. Raises Declined.

    `before`: what `fixed_facts` said of it when they held the old ones.
    """
    module, old = visit.module, visit.bound
    assert module is not None and old is not None
    forms = ev.opset.find(ev.dialect.framework, "call", visit.name)
    found = applying.try_forms(ev, forms, visit.args, visit.kwargs, visit.node, visit.frame)
    if isinstance(found, str) or found[0] is not visit.form:
        raise Declined(f"{visit.name} is read in another way now")
    bound = found[1]
    if module.bound is not old or module.form is not visit.form or module.params != old.params:
        raise Declined(f"{visit.name} was changed after it was made")
    if replace(bound, params=old.params) != old:
        raise Declined(f"{visit.name} is bound in another way now")
    if fixed_facts(visit, bound) != before:
        raise Declined(f"the weights of {visit.name} are others now")
    visit.bound = module.bound = bound
    module.params = dict(bound.params)
    return module


def fixed_facts(visit: Visit, bound: Bound) -> Facts:
    """The shapes of the weights of a layer, and what they start from."""
    form, module = visit.form, visit.module
    assert form is not None and module is not None
    sizes = applying.merge_constraints(bound)
    found: Facts = []
    for role in form.op.weights:
        place = form.weights.get(role)
        found += [stored_shape(form.op, role, place, bound.params, sizes) for _ in place.terms] if place else []
    if form.init:
        arguments: dict[str, object] = {slot.key: slot.default for slot in form.args}
        arguments.update({key: value.hint for key in bound.given if (value := visit.given(key)) is not None})
        shapes = {role: [s for s in p.type.shape if isinstance(s, int)] for role, p in module.weights.items()}
        found += [starts.default_start(text, shapes, bound.params, arguments) for text in form.init.values()]
    return found


def check_holders(ev: Evaluator, modules: Iterable[ModuleObject], bounds: Iterable[Bound]) -> None:
    """Does nothing else of the program ask with which numbers some layers were made? Raises Declined."""
    wanted, before = {id(module): module for module in modules}, {id(bound) for bound in bounds}
    for visits in ev.trace.visits.values():
        for visit in visits:
            if visit.kind == "made-with" and id(visit.module) in wanted:
                raise Declined(f"the program reads {visit.name} of a layer")
            if visit.module is not None and id(visit.module.bound) in before:
                raise Declined("there is a copy of a layer")
            if visit.kind in HOLDING - {"layer"} or (visit.kind == "data" and visit.name in STORING):
                continue
            if any(id(value.hint) in wanted for value in flat([*visit.args, *visit.kwargs.values()])):
                raise Declined(f"a layer is handed to {visit.name or visit.kind}")
    if any(id(module.bound) in before for module in ev.modules):
        raise Declined("there is a copy of a layer")
