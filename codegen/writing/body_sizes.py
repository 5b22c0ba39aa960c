"""Sizes that a decomposition computes of a parameter, in the source's words: `channels // (r * r)` of `pixel_shuffle`.

Numbers would be right for the value that the parameter has now alone.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from codegen.writing import nodes
from pivot.notation import axis_of
from pivot.reading.values import TensorVersion
from pivot.slots import Path

if TYPE_CHECKING:
    from codegen.layout import Layout
    from codegen.lower import Step
    from codegen.writing.slots import Given
    from pivot.op import Form

SHAPE = "=shape"
"""Under this name a step keeps the text that its shape is computed by."""


def computed_sizes(
    layout: Layout, steps: list[Step], given: Given, form: Form | None, operand: Callable[[str], ast.expr]
) -> list[ast.expr | None] | None:
    """The sizes of a step by axis, None where they are an axis of the tensor itself; `operand`: the text of one.

    None where the source says its parameters by numbers, or the visits disagree.
    """
    text = steps[0].origin.get(SHAPE)
    if text is None or form is None or any(s.origin.get(SHAPE) != text for s in steps):
        return None
    tree = ast.parse(text, mode="eval").body
    if not isinstance(tree, ast.Tuple) or any(len(s.results[0].type.shape) != len(tree.elts) for s in steps):
        return None
    said = said_parameters(steps, given, form, {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)})
    if said is None or all(map(nodes.is_constant, said.values())):
        return None
    fill = Fill(layout, steps, said, operand)
    found: list[ast.expr | None] = [None if isinstance(e, ast.Attribute) else fill.visit(e) for e in tree.elts]
    return None if fill.failed else found


def said_parameters(steps: list[Step], given: Given, form: Form, names: set[str]) -> dict[str, ast.expr] | None:
    """The texts of those names that are parameters of the node; None where one has no text that is right everywhere."""
    said: dict[str, ast.expr] = {}
    wanted = names & (steps[0].node.params.keys() if steps[0].node is not None else set())
    for name in wanted:
        slot = next((s for s in form.args if s.value == Path(name)), None)
        text = given.get(slot.key) if slot is not None else None
        if text is None or nodes.has_gone(text):
            return None
        said[name] = text
    return said


class Fill(ast.NodeTransformer):
    """The text of a size with the source's parameters and the target's sizes in it."""

    def __init__(
        self, layout: Layout, steps: list[Step], said: Mapping[str, ast.expr], operand: Callable[[str], ast.expr]
    ) -> None:
        self.layout, self.steps, self.said, self.operand = layout, steps, said, operand
        self.failed = False

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A parameter."""
        self.failed = self.failed or node.id not in self.said
        return copy.deepcopy(self.said.get(node.id, node))

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """The size of an axis of an operand: `x.C`."""
        name = node.value.id if isinstance(node.value, ast.Name) else ""
        places = {self.place(step, name, node.attr) for step in self.steps}
        place = places.pop()
        if places or place is None:
            self.failed = True
            return node
        return self.layout.target.size(self.operand(name), place)

    def place(self, step: Step, name: str, letter: str) -> int | None:
        """Where an axis of an operand of the node is stored."""
        whole = step.node
        value = whole.operands.get(name) if whole is not None else None
        if whole is None or whole.op is None or not isinstance(value, TensorVersion):
            return None
        orders = whole.form.order if whole.form is not None else {}
        letters = orders.get(name) or whole.op.letters(name)
        axis = axis_of(tuple(letters), letter, len(value.type.shape)) if letters is not None else None
        return self.layout.order_of(value).index(axis) if axis is not None else None
