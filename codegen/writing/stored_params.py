"""What a step says in the target: its parameters and types in the order in which tensors are stored."""

from __future__ import annotations

from collections.abc import Mapping

from codegen.layout import Layout
from codegen.letters_layout import stored_equation
from codegen.lower import Step
from codegen.orders import Order
from pivot.forms import PlainFacts, Refused, Written, write_slots
from pivot.types import TensorType


def target_params(layout: Layout, step: Step) -> dict[str, object]:
    """Parameters in the target's numbering: axes are places in storage."""
    placed = layout.placed.get(id(step))
    params = dict(step.params)
    if placed is None:
        return params
    if step.op.shape == "einsum":
        equation = stored_equation(layout, step)
        return params if equation is None else {**params, "equation": equation}
    order = next(iter(placed.orders_in.values()), None)
    plain = all(o == tuple(range(len(o))) for o in placed.orders_out)
    if order is None or (order == tuple(range(len(order))) and plain):
        return params
    if step.op.shape == "flatten":  # which axes go into one does not depend on their order
        return {**params, **flattened_places(order, params)}
    for name, spec in step.op.params.items():
        value = params.get(name)
        if spec.type.kind == "axis" and isinstance(value, int):
            params[name] = place_of(order, value)
        elif spec.type.kind == "axes" and isinstance(value, (tuple, list)):
            places = [order.index(a % len(order)) for a in value if isinstance(a, int)]
            one = len(places) == 1 and places[0] == len(order) - 1
            params[name] = (-1,) if one else tuple(sorted(places))
        elif step.op.layout == "axis" and spec.type.kind == "pads" and isinstance(value, tuple):
            params[name] = tuple(value[axis] for axis in order)  # one pair for each axis
        elif spec.type.kind in ("new_axis", "new_axes") and placed.orders_out:
            out = placed.orders_out[0]
            if isinstance(value, int):
                params[name] = place_of(out, value)
            elif isinstance(value, (tuple, list)):
                params[name] = tuple(place_of(out, a) for a in value)
    return params


def flattened_places(order: Order, params: Mapping[str, object]) -> dict[str, object]:
    """The first and the last place of the axes that are put into one."""
    start, end = params.get("start"), params.get("end")
    if not isinstance(start, int) or not isinstance(end, int):
        return {}
    rank = len(order)
    places = [order.index(axis) for axis in range(start % rank, end % rank + 1)]
    return {"start": min(places), "end": -1 if max(places) == rank - 1 else max(places)}


def place_of(order: Order, axis: int) -> int:
    """The place of a logical axis; the last place is written -1."""
    at = order.index(axis % len(order))
    return -1 if at == len(order) - 1 else at


def facts_of(layout: Layout, step: Step, params: Mapping[str, object]) -> PlainFacts:
    """What codecs may ask while writing."""
    return PlainFacts(params, stored_types(layout, step), step.unused, step.not_negative, step.facts().order)


def written_values(layout: Layout, step: Step, part: str) -> dict[str, Written] | Refused:
    """Per slot, what one visit would write; defaults are left out. Steps alike are asked once."""
    placed = layout.placed.get(id(step))
    if placed is None or step.op.shape == "einsum":
        return values_anew(layout, step, part)
    key = (id(step.like or step), part, tuple(placed.orders_in.items()), placed.orders_out)
    if key not in layout.written:
        layout.written[key] = values_anew(layout, step, part)
    return layout.written[key]


def values_anew(layout: Layout, step: Step, part: str) -> dict[str, Written] | Refused:
    """The same for a step like which none was before."""
    params = target_params(layout, step)
    made = write_slots(step.form, part, params, facts_of(layout, step, params))
    if isinstance(made, Refused):
        return made
    return {w.slot.key: w for w in made}


def stored_types(layout: Layout, step: Step) -> dict[str, object]:
    """Types of the operands; where a step names axes by place, in the order in which they are stored."""
    types = dict(step.facts().operands)
    placed = layout.placed.get(id(step))
    if placed is None or step.op.layout != "axis":
        return types
    for name, order in placed.orders_in.items():
        value = types.get(name)
        if isinstance(value, TensorType) and value.rank == len(order):
            types[name] = TensorType(tuple(value.shape[axis] for axis in order), value.dtype)
    return types
