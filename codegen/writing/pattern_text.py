"""Sizes in the steps of an axis pattern, as the source has them: `h=self.heads` stays, what follows from it is said."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.reshape_text import applied
from pivot.axis_patterns import Group, Resolved, number_of, resolve
from pivot.reading.values import TensorVersion
from pivot.slots import Coded

if TYPE_CHECKING:
    from codegen.layout import Layout
    from codegen.lower import Step
    from codegen.orders import Order
    from codegen.writing.slots import Given

PATTERNS = {"rearrange", "reduce_pattern", "repeat_pattern"}  # shape rules of ops that follow an axis pattern


def is_pattern(step: Step) -> bool:
    """Is a step part of an op that follows an axis pattern?"""
    return step.node is not None and step.node.op is not None and step.node.op.shape in PATTERNS


def pattern_elements(layout: Layout, steps: list[Step], x: ast.expr, given: Given) -> list[ast.expr] | None:
    """The sizes that a step gives, one per axis of its result; None where they can only be said by numbers.

    `x`: the tensor that the pattern is about, before any of its steps.
    """
    from codegen.writing.plans import Unwritable

    codec = shape_codec(layout, steps[0])
    found = [resolved(s) for s in steps]
    if codec is None or any(f.left != found[0].left or f.right != found[0].right for f in found):
        return None
    told = [pattern_tensor(step) for step in applied(layout, steps)]
    orders = {layout.order_of(value) for value in told if isinstance(value, TensorVersion)}
    if len(orders) != 1:
        raise Unwritable("the visits of this pattern store their tensors in different orders")
    order = next(iter(orders))
    names = PatternSizes(layout, steps, found, x, given, order)
    groups = axes_of(found[0], codec)
    texts = [names.group(group) for group in groups]
    return None if any(t is None for t in texts) else [t for t in texts if t is not None]


def pattern_tensor(step: Step) -> object:
    """The tensor that a step's pattern is about."""
    assert step.node is not None
    return step.node.operands.get("x")


def resolved(step: Step) -> Resolved:
    """The pattern of a step's node on its tensor."""
    assert step.node is not None
    value, lengths = pattern_tensor(step), step.node.params.get("lengths")
    assert isinstance(value, TensorVersion)
    return resolve(str(step.node.params["pattern"]), lengths if isinstance(lengths, dict) else {}, value.type.shape)


def shape_codec(layout: Layout, step: Step) -> str | None:
    """Which part of the pattern gives the shape of a step: the name of the codec in the decomposition."""
    assert step.node is not None and step.node.op is not None
    lowering = layout.lowering
    lowered = lowering.lowered.get(id(step.node)) or lowering.unapplied.get(id(step.node))
    chosen = lowered.chosen if lowered is not None else None
    if chosen is None:
        return None
    whole = chosen.key[0]  # (op, number of the form whose body the plan is)
    number = whole[1] if isinstance(whole, tuple) else None
    body = next((f.body for f in step.node.op.forms[layout.framework] if f.index == number), ())
    turned = len(chosen.steps) > 1 and chosen.steps[-1].op.name == "identity"  # brings the result into an order
    place = next(i for i, s in enumerate(chosen.steps) if s is step)
    if len(body) != len(chosen.steps) - turned or place >= len(body):
        return None
    raw = body[place]
    value = dict(raw.params).get("shape")
    return value.codec if isinstance(value, Coded) else None


def axes_of(found: Resolved, codec: str) -> tuple[Group, ...]:
    """The names on each axis of a step's result."""
    if codec == "pattern_apart":
        return tuple(() if name in found.new else (name,) for name in found.before)
    if codec == "pattern_ones":
        return tuple(() if name in found.new else (name,) for name in found.after)
    if codec == "pattern_spread":
        return tuple((name,) for name in found.after)
    return found.right


class PatternSizes:
    """Texts of the sizes of a pattern's names."""

    def __init__(
        self, layout: Layout, steps: list[Step], found: list[Resolved], x: ast.expr, given: Given, order: Order
    ) -> None:
        self.layout, self.found, self.x, self.given, self.order = layout, found, x, given, order
        self.values = [v for s in steps if isinstance(v := pattern_tensor(s), TensorVersion)]

    def group(self, group: Group) -> ast.expr | None:
        """The size of names on one axis: of the tensor's own axis where they are one, else their product."""
        for axis, left in enumerate(self.found[0].left):
            if (
                left == group
                and not self.found[0].new & set(group)
                and (len(group) > 1 or (group and group[0] not in self.given))
            ):
                return self.axis(axis) if number_of(group[0]) is None else nodes.literal(number_of(group[0]))
        texts = [self.name(name) for name in group]
        made: ast.expr | None = nodes.literal(1) if not texts else None
        for text in texts:
            if text is None:
                return None
            made = text if made is None else ast.BinOp(made, ast.Mult(), text)
        return made

    def name(self, name: str) -> ast.expr | None:
        """The size of one name: a number, the source's argument, or what is left of its axis."""
        number = number_of(name)
        if number is not None:
            return nodes.literal(number)
        if name in self.given:
            return None if nodes.has_gone(self.given[name]) else self.given[name]
        axis, group = next(
            ((i, group) for i, group in enumerate(self.found[0].left) if name in group and name in self.found[0].old),
            (-1, ()),
        )
        if axis < 0:
            return self.agreed(name)
        others = tuple(n for n in group if n != name)
        if not others:
            return self.axis(axis)
        parts = [self.said(n) for n in others]
        text: ast.expr | None = None
        for part in parts:
            if part is None:
                return self.agreed(name)
            text = part if text is None else ast.BinOp(text, ast.Mult(), part)
        assert text is not None
        return ast.BinOp(self.axis(axis), ast.FloorDiv(), text)

    def said(self, name: str) -> ast.expr | None:
        """A size that the source gives, or that is the same at all visits."""
        number = number_of(name)
        if number is not None:
            return nodes.literal(number)
        if name in self.given:
            return None if nodes.has_gone(self.given[name]) else self.given[name]
        return self.agreed(name)

    def agreed(self, name: str) -> ast.expr | None:
        """The number of a name where all visits have the same."""
        sizes = {f.sizes.get(name) for f in self.found}
        size = next(iter(sizes))
        return nodes.literal(size) if len(sizes) == 1 and isinstance(size, int) else None

    def axis(self, axis: int) -> ast.expr:
        """The size of an axis of the tensor: from its static shape where that is a number."""
        place = self.order.index(axis)
        static = all(isinstance(self.layout.settled(v.type.shape[axis]), int) for v in self.values)
        return self.layout.target.size(self.x, place, static)
