"""Einstein sums in storage orders: the letters of the equation are written in the order in which axes are stored.

einsum("nchw,hk->nckw", x) = einsum("nhwc,hk->nkwc", x stored as N H W C): no transposes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.orders import Order, identity, rank_of
from pivot.reading.values import TensorVersion

if TYPE_CHECKING:
    from codegen.layout import Layout, Placed
    from codegen.lower import Step


def place_einsum(layout: Layout, step: Step, placed: Placed) -> bool:
    """Keep every operand in its order; False where letters stand for several axes or values are not plain."""
    values = step.operands.get("xs")
    if not takes_any_order(step) or not isinstance(values, tuple):
        return False
    equation = str(step.params["equation"])
    if any(not isinstance(v, TensorVersion) or v.id in layout.blocks for v in values):
        return False
    if all(layout.order_of(v) == identity(rank_of(v)) for v in values):
        return False
    result = step.results[0]
    placed.orders_out = (layout.wish(result) or followed(layout, equation, values),)
    return True


def takes_any_order(step: Step) -> bool:
    """Is a step an Einstein sum whose letters name every axis?"""
    equation = step.params.get("equation")
    return step.op.shape == "einsum" and isinstance(equation, str) and "..." not in equation and "->" in equation


def followed(layout: Layout, equation: str, values: tuple[TensorVersion, ...]) -> Order:
    """The result's axes in the order of the operand that has most of them; new ones stay between their neighbours."""
    letters = parts(equation)
    target = letters[-1]
    lead = max(range(len(values)), key=lambda k: len(set(letters[k]) & set(target)))
    stored = [letters[lead][axis] for axis in layout.order_of(values[lead])]
    order = [axis for letter in stored for axis in [target.find(letter)] if axis >= 0]
    for axis in range(len(target)):
        if axis not in order:
            order.insert(replaced(letters[lead], stored, target, axis, order), axis)
    return tuple(order)


def replaced(source: str, stored: list[str], target: str, axis: int, order: list[int]) -> int:
    """Where a new axis goes: to the place of the one that it stands for, else behind all others."""
    if len(source) == len(target) and source[axis] not in target:
        return min(stored.index(source[axis]), len(order))
    return len(order)


def parts(equation: str) -> list[str]:
    """Letters of the operands and of the result."""
    left, _, right = equation.replace(" ", "").partition("->")
    return [*left.split(","), right]


def stored_equation(layout: Layout, step: Step) -> str | None:
    """The equation in storage orders; None where it stays as it is."""
    equation, values = step.params.get("equation"), step.operands.get("xs")
    placed = layout.placed.get(id(step))
    if placed is None or placed.transposes or not isinstance(equation, str) or not isinstance(values, tuple):
        return None
    if "..." in equation or "->" not in equation or not placed.orders_out:
        return None
    *sources, target = parts(equation)
    terms = [
        "".join(letters[axis] for axis in layout.order_of(value))
        for letters, value in zip(sources, values, strict=True)
        if isinstance(value, TensorVersion)
    ]
    made = f"{','.join(terms)}->{''.join(target[axis] for axis in placed.orders_out[0])}"
    return None if made == equation.replace(" ", "") else made
