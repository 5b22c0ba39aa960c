"""Which way to say a layer follows the padding that a parameter of the program says, where the best one does not."""

from __future__ import annotations

from codegen.lower import Lowered, Plan, Step
from codegen.writing.frozen import parameters_of
from codegen.writing.slots import says_number_for_all, slot_param
from pivot.forms import face
from pivot.reading.trace import Visit
from pivot.slots import Slot


def following(visits: list[Visit], low: list[Lowered]) -> list[Lowered]:
    """Visits whose padding a parameter says, with the plan first that takes it over; none where the best one does, or
    none does: `padding=padding` of a pool is a layer of its own, though it is 0 here.
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
    return []


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
