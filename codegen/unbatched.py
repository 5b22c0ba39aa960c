"""An op on tensors without a batch: a batch of one is put in front and taken away behind.

conv2d(x: C H W) = squeeze(conv2d(unsqueeze(x)))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from codegen.lower import Plan, Step
from pivot.forms import Refused
from pivot.op import Kind
from pivot.reading.values import TensorVersion
from pivot.types import TensorType

if TYPE_CHECKING:
    from codegen.lower import Lowering
    from pivot.network import Node


def plans_with_batch(
    lowering: Lowering,
    node: Node,
    kind: Kind,
    operands: Mapping[str, object],
    origin: Mapping[str, str],
    unused: frozenset[str],
) -> tuple[Plan, ...] | Refused:
    """Plans of the op on a batch of one, with the steps before and behind it."""
    assert node.op is not None and node.form is not None
    before: list[Step] = []
    given = dict(operands)
    for name, value in operands.items():
        place = batch_place(node, name)
        if place is not None and isinstance(value, TensorVersion):
            given[name] = with_batch(lowering, value, place)
            steps = one_step(lowering, node, "unsqueeze", place, value, given[name])
            if isinstance(steps, Refused):
                return steps
            before += steps
    results: list[TensorVersion] = []
    after: list[Step] = []
    for name, result in zip(node.op.outputs, node.results, strict=False):
        place = batch_place(node, name)
        batched = result if place is None else with_batch(lowering, result, place)
        results.append(batched)
        if place is not None and name not in unused:
            steps = one_step(lowering, node, "squeeze", place, batched, result)
            if isinstance(steps, Refused):
                return steps
            after += steps
    plans = lowering.plans(node.op, kind, node.params, given, node.weights, tuple(results), origin, node, unused, 0)
    if isinstance(plans, Refused):
        return plans
    return tuple(Plan(("unbatched", *plan.key), (*before, *plan.steps, *after)) for plan in plans)


def batch_place(node: Node, name: str) -> int | None:
    """Where the axis N of an operand or result stands in the source's order."""
    assert node.op is not None and node.form is not None
    letters = node.form.order.get(name) or node.op.letters(name) or ()
    return letters.index("N") if "N" in letters else None


def with_batch(lowering: Lowering, value: TensorVersion, place: int) -> TensorVersion:
    """A value like another with an axis of size 1 more."""
    lowering.counter += 1
    shape = value.type.shape
    return TensorVersion(f"s{lowering.counter}", TensorType((*shape[:place], 1, *shape[place:]), value.type.dtype))


def one_step(
    lowering: Lowering, node: Node, name: str, place: int, value: TensorVersion, made: object
) -> list[Step] | Refused:
    """unsqueeze or squeeze as the target says it."""
    assert isinstance(made, TensorVersion)
    op = lowering.opset.ops[name]
    plans = lowering.plans(op, "function", {"axes": (place,)}, {"x": value}, {}, (made,), {}, node, frozenset(), 1)
    return plans if isinstance(plans, Refused) else list(plans[0].steps)
