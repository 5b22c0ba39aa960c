"""The shape of an op that is nothing but its decomposition: what the steps give."""

from __future__ import annotations

from collections.abc import Sequence

from pivot.binding import Refused, normalise
from pivot.shapes.base import ShapeError, Site
from pivot.types import TensorType


def rule_body(site: Site) -> Sequence[TensorType]:
    """The steps of the first decomposition, one after the other. Every step needs an op of the same op set."""
    from pivot.forms import expand_body
    from pivot.shapes.infer import infer
    from pivot.spelling import PlainFacts

    op = site.op
    form = next((form for forms in op.forms.values() for form in forms if form.spelling == "body"), None)
    if form is None:
        raise ShapeError(f"{op.title} has no steps that could say its shape")
    values: dict[str, object] = {**site.params, **site.operands}
    steps = expand_body(form, site.params, PlainFacts(site.params, site.operands), op.known)
    if isinstance(steps, Refused):
        raise ShapeError(steps.why)
    for number, step in enumerate(steps, 1):
        operands = {name: _value(ref, values, number) for name, ref in step.operands.items()}
        checked = normalise(step.op, step.params, operands)
        if isinstance(checked, Refused):
            raise ShapeError(f"step {number}, {step.op.name}: {checked.why}")
        missing = [n for n, spec in step.op.inputs.items() if not spec.optional and operands.get(n) is None]
        if missing:
            raise ShapeError(f"step {number}, {step.op.name}: the operand '{missing[0]}' is missing")
        try:
            made = infer(step.op, checked, operands)
        except ShapeError as error:
            raise ShapeError(f"step {number}, {step.op.name}: {error}") from None
        values.update(zip(step.results, made, strict=False))
    results = [values.get(name) for name in op.outputs]
    lost = next((name for name, value in zip(op.outputs, results, strict=True) if value is None), None)
    if lost is not None:
        raise ShapeError(f"no step gives '{lost}'")
    return tuple(value for value in results if isinstance(value, TensorType))


def _value(ref: object, values: dict[str, object], number: int) -> object:
    if isinstance(ref, tuple):
        return tuple(_value(item, values, number) for item in ref)
    if isinstance(ref, str):
        if ref not in values:
            raise ShapeError(f"step {number}: nothing before it gives '{ref}'")
        return values[ref]
    return ref
