"""Axes in the source's own words: `dim=self.dim`, where tensors are stored in the source's order."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from codegen.layout import Layout
from codegen.lower import Step
from codegen.orders import first_tensor
from codegen.writing import nodes
from pivot.codecs.shapes import Dims
from pivot.forms import Written
from pivot.op import Form
from pivot.references import codec_of
from pivot.slots import Coded, Path, Slot
from pivot.steps import Computed

AXES = ("axis", "axes", "new_axis", "new_axes")


def as_said(
    layout: Layout,
    steps: list[Step],
    slot: Slot,
    found: list[Written | None],
    given: Mapping[str, ast.expr],
    source_form: Form,
    hints: Callable[[str], list[object]],
) -> ast.expr | None:
    """The source's expression of an axis, where the target counts axes as the source does: from the same end.

    Other values of a name are followed then too: nothing else of the call may have been made from it.
    """
    param = param_of(slot)
    if param is None or steps[0].op.params[param].type.kind not in AXES:
        return None
    name = next((n for n in (param, f"({param},)") if n in steps[0].origin), "")
    outer = steps[0].origin.get(name)
    source = next((s for s in source_form.args if outer is not None and param_of(s) == outer), None)
    text = given.get(source.key) if source is not None else None
    if outer is None or source is None or text is None or nodes.has_gone(text):
        return None
    if nodes.is_constant(text) and None in found:
        return None  # the target's own axis need not be said
    if isinstance(text, (ast.Tuple, ast.List)) or not all(stored_as_said(layout, s) for s in steps):
        return None
    if any(s.origin.get(name) != outer or used_otherwise(s, outer) for s in steps) or reads(steps, slot, param, found):
        return None
    said, more = hints(source.key), steps[0].op.params[param].type.kind.startswith("new")
    if len(said) != len(steps) or len(found) != len(steps):
        return None
    for hint, step, written in zip(said, steps, found, strict=True):
        value = written.value if written is not None else slot.default
        places = counted(hint, step, more)
        if places is None or places != counted(value, step, more):
            return None
    alone = name != param or (takes_tuple(slot) and all(isinstance(hint, int) for hint in said))
    return ast.Tuple([text], ast.Load()) if alone and is_tuple(found) else text


def takes_tuple(slot: Slot) -> bool:
    """Does an argument take axes in a tuple only, even where it is one: `torch.flip(x, (1,))`?"""
    return isinstance(slot.value, Coded) and isinstance(codec_of(slot.value), Dims) and not slot.variadic


def is_tuple(found: list[Written | None]) -> bool:
    """Is the target's notation a tuple, where the source says one axis?"""
    return any(w is not None and isinstance(w.value, (tuple, list)) for w in found)


def param_of(slot: Slot) -> str | None:
    """The parameter that a slot writes."""
    if isinstance(slot.value, Path):
        return slot.value.name
    return slot.value.path.name if isinstance(slot.value, Coded) else None


def stored_as_said(layout: Layout, step: Step) -> bool:
    """Are all tensors of a step stored in the order in which the source counts their axes?"""
    placed = layout.placed.get(id(step))
    if placed is None or placed.transposes or placed.why:
        return False
    return all(order == tuple(range(len(order))) for order in (*placed.orders_in.values(), *placed.orders_out))


def used_otherwise(step: Step, outer: str) -> bool:
    """Is a parameter of the node more in the decomposition than the axis of its steps?"""
    node = step.node
    if node is None or node.op is None or step.op is node.op:
        return False
    forms = (f for group in node.op.forms.values() for f in group if f.spelling == "body")
    values = [value for form in forms for raw in form.body for _, value in raw.params]
    for value in values:
        if isinstance(value, Computed) and outer in value.text and value.text != f"({outer},)":
            return True
        if isinstance(value, Coded) and (value.path.name == outer or any(str(r) == outer for r in value.refs)):
            return True
    return False


def reads(steps: list[Step], slot: Slot, param: str, found: list[Written | None]) -> bool:
    """Does another argument of the call depend on the axis: the places where a tensor is cut along it?"""
    forms = [steps[0].form, *([steps[0].node.form] if steps[0].node is not None and steps[0].node.form else [])]
    others = [s for form in forms for s in (*form.args, *form.apply) if s.key != slot.key]
    return any(
        isinstance(s.value, Coded)
        and any(isinstance(ref, Path) and (ref.name == param or ref.part == param) for ref in s.value.refs)
        and not all(isinstance(step.params.get(s.value.path.name), int) for step in steps)
        for s in others
    )


def counted(value: object, step: Step, more: bool) -> tuple[int, ...] | None:
    """Axes counted from the front; None for what is no axis."""
    tensor = first_tensor(step)
    each = value if isinstance(value, tuple) else (value,)
    if tensor is None or not each or not all(isinstance(v, int) and not isinstance(v, bool) for v in each):
        return None
    rank = len(tensor.type.shape) + (len(each) if more else 0)
    return tuple(sorted(v % rank for v in each if isinstance(v, int))) if rank else None


def said_in_source(
    steps: list[Step],
    param: str | None,
    values: list[object],
    given: Mapping[str, ast.expr],
    source_form: Form | None,
    hints: Callable[[str], list[object]],
) -> ast.expr | None:
    """An axis that a loop counts or a caller says: the source's expression, where it has at each visit the very value
    that is wanted, or counts to that from the end.
    """
    if param is None or source_form is None or steps[0].op.params[param].type.kind not in ("axis", "axes", "new_axis"):
        return None
    name = param if param in steps[0].origin else f"({param},)"
    outer = steps[0].origin.get(name)
    source = next((s for s in source_form.args if outer is not None and param_of(s) == outer), None)
    if source is None or any(s.origin.get(name) != outer for s in steps):
        return None
    said = hints(source.key)
    more = steps[0].op.params[param].type.kind == "new_axis"
    if len(said) != len(values) or any(place(h, s, more) != v for h, s, v in zip(said, steps, values, strict=True)):
        return None
    return given.get(source.key)


def place(said: object, step: Step, more: bool) -> object:
    """An axis as it is counted from the front; `more`: in a result that has one axis more."""
    value = first_tensor(step)
    if not isinstance(said, int) or said >= 0 or value is None:
        return said
    return said + len(value.type.shape) + more
