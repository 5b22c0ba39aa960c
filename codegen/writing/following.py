"""Which way to say a layer follows the padding that a parameter of the program says, where the best one does not."""

from __future__ import annotations

from codegen.lower import TORCH_ONLY, Lowered, Lowering, Plan, Step
from codegen.writing.frozen import parameters_of
from codegen.writing.slots import says_number_for_all, slot_param
from pivot.forms import Refused, face
from pivot.op import Form
from pivot.reading.trace import Visit
from pivot.slots import Path, Slot

WINDOW = ("kernel", "stride", "dilation")
"""What a padding is made of that leaves sizes as they are."""


def following(lowering: Lowering, visits: list[Visit], low: list[Lowered]) -> list[Lowered]:
    """Visits whose padding a parameter says, with the plan first that takes it over; none where the best one does, or
    none does: `padding=padding` of a pool is a layer of its own, though it is 0 here.

    So is `padding=(kernel - 1) // 2` of a convolution: by its names alone nobody is told that it counts as 0.
    """
    said = {said_by_program(visit) for visit in visits}
    source = said.pop() if len(said) == 1 else None
    if source is None:
        return []
    if any(takes_over(plan, source) for plan in low[0].plans[:1]):
        return []
    for plan in low[0].plans:
        if takes_over(plan, source) and all(any(p.key == plan.key for p in item.plans) for item in low):
            for item in low:
                item.plans = tuple(sorted(item.plans, key=lambda p: p.key != plan.key))
            return low
    if all(said_by_others(visit, source) for visit in visits):
        made = (padded(lowering, item) for item in low)
        wide = [one for one in made if one is not None and takes_over(one, source)]
        if len(wide) == len(low):
            for item, one in zip(low, wide, strict=True):
                item.plans = (one, *item.plans)
            return low
    return []


def said_by_others(visit: Visit, source: Slot) -> bool:
    """Is a padding made of nothing but what other arguments of the layer are made of?"""
    roots = {slot_param(s): parameters_of(visit.given(s.key)) for s in visit.form.args} if visit.form else {}
    own = roots.pop(slot_param(source), frozenset())
    return own <= frozenset().union(*(roots.get(name, frozenset()) for name in WINDOW))


def padded(lowering: Lowering, low: Lowered) -> Plan | None:
    """The plan that pads in a step of its own, which is not among those of a layer that has nothing to pad."""
    node = low.node
    form = next((f for f in node.op.forms.get(lowering.framework, ()) if pads_first(f)), None) if node.op else None
    if form is None or node.op is None:
        return None
    weights = {role: weight for role, weight in node.weights.items() if role not in TORCH_ONLY}
    operands = {name: value for name, value in node.operands.items() if name not in node.weights}
    origin = {name: name for name in node.params}
    draft = Step(node.op, form, "layer", dict(node.params), operands, weights, node.results, origin, node)
    made = lowering.expand(form, draft, 0)
    return None if isinstance(made, Refused) else made


def pads_first(form: Form) -> bool:
    """Is a form the layer behind a padding, for all paddings but none?"""
    asked = [(one.name, one.args[0]) for one in form.when]
    pads = form.spelling == "body" and form.kind == "layer" and form.body[0].op.startswith("zero_pad")
    return pads and [(name, isinstance(ref, Path) and ref.name) for name, ref in asked] == [("not_equal", "padding")]


def said_by_program(visit: Visit) -> Slot | None:
    """The slot of the padding of a layer, where it is one number that a parameter of the program says."""
    for slot in visit.form.args if visit.form is not None else ():
        value = visit.given(slot.key)
        if face(slot) == "pads" and value is not None and type(value.hint) is int and parameters_of(value):
            return slot
    return None


def takes_over(plan: Plan, source: Slot) -> bool:
    """Is there a step that writes the source's text of its padding?"""
    return any(writes(step, slot, source) for step in plan.steps for slot in step.form.args)


def writes(step: Step, slot: Slot, source: Slot) -> bool:
    """Does a slot of the target take the source's text?"""
    param = slot_param(slot)
    if param is None or step.origin.get(param) != slot_param(source):
        return False
    return face(slot) == "pads" or says_number_for_all(slot, step.params.get(param))


def is_said_at_calls(plan: Plan | None, made: list[Visit]) -> bool:
    """Is what comes before a layer a function that stands where the layer is called? A layer of its own has the
    numbers that the constructor is given.
    """
    own = plan is not None and any(takes_over(plan, s) for v in made if (s := said_by_program(v)) is not None)
    return plan is not None and plan.steps[0].form.kind == "function" and not own
