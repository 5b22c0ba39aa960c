"""A reduction whose axes are put back at once keeps them: mean(x, (2, 3)) |> reshape(N C 1 1) = mean, keepdim=True."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from codegen.lower import Lowered, Lowering, Plan, Step
from pivot.network import Node
from pivot.reading.values import TensorVersion

KEPT = "keepdims"


def keep_reduced_axes(lowering: Lowering, outputs: Iterable[TensorVersion]) -> None:
    """Say such pairs by the reduction alone: its step gives what the reshape gave, which has no step of its own."""
    readers: dict[str, list[Node]] = {}
    for low in lowering.lowered.values():
        for tensor in low.node.tensors():
            readers.setdefault(tensor.id, []).append(low.node)
    given_out = {value.id for value in outputs}
    for low in list(lowering.lowered.values()):
        for result in low.node.results[:1]:
            after = readers.get(result.id, [])
            last = lowering.lowered[id(after[0])] if len(after) == 1 and result.id not in given_out else None
            if last is not None and (step := with_axes(low, last)) is not None:
                low.chosen = Plan((*(low.chosen.key if low.chosen is not None else ()), KEPT), (step,))
                last.chosen = Plan((KEPT,), ())


def with_axes(low: Lowered, last: Lowered) -> Step | None:
    """The step of a reduction that gives what the reshape behind it gives; None where it does not put back the axes."""
    node, after = low.node, last.node
    if node.op is None or node.op.shape != "reduce" or after.op is None or after.op.name != "reshape":
        return None
    if node.frame is not after.frame or last.chosen is None or len(last.chosen.steps) != 1:
        return None  # what is of two functions stays in two
    step = low.chosen.steps[0] if low.chosen is not None and len(low.chosen.steps) == 1 else None
    operand = next(iter(node.tensors()), None)
    if step is None or step.op is not node.op or step.form.kind != "function" or step.form.when or operand is None:
        return None
    if step.params.get(KEPT) is not False or not as_reduced(step, operand, after.results[0]):
        return None
    return replace(step, params={**step.params, KEPT: True}, results=after.results[:1])


def as_reduced(step: Step, given: TensorVersion, result: TensorVersion) -> bool:
    """Has a result the axes of what was reduced, those that were reduced with size one?"""
    axes = step.params.get("axes")
    sizes, wanted = given.type.shape, result.type.shape
    if not isinstance(axes, tuple) or len(sizes) != len(wanted):
        return False
    reduced = {axis % len(sizes) for axis in axes if isinstance(axis, int)}
    return all(w == (1 if axis in reduced else s) for axis, (s, w) in enumerate(zip(sizes, wanted, strict=True)))
