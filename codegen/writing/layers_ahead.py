"""Layers that a container calls and that are also called by the program: a transpose stands ahead of the former.

A helper, or an adapter, makes both with one text: `[Conv2d(3, 8, 4), Permute(), norm(8)]` in a row, `self.norm(x)` in
a forward pass. What has to be turned first in the row is turned by a layer in it; what the program calls is turned at
the call.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.orders import first_name
from pivot.reading.modules import ModuleObject

if TYPE_CHECKING:
    from codegen.layout import Layout
    from codegen.lower import Lowered, Step
    from codegen.writing.expressions import Expressions

Turn = tuple[int, ...] | tuple[tuple[int, ...] | None, ...]
"""The order of a tensor's axes, or of the axes of each of several."""


def in_a_row(step: Step) -> bool:
    """Is this the call of a layer by its container, which nobody writes?"""
    return step.node is not None and hasattr(step.node.site, "container_index")


def called_both_ways(steps: list[Step]) -> bool:
    """Do containers call some of these layers, and the program others?"""
    return any(map(in_a_row, steps)) and not all(map(in_a_row, steps))


def transposes(e: Expressions, node: ast.expr) -> list[ast.expr]:
    """The layer ahead of an element of a row that a helper makes, where the layer's own text cannot hold it."""
    made = {id(v.result.hint): v.result.hint for v in e.w.trace.of(node) if v.result is not None}
    modules = [hint for hint in made.values() if isinstance(hint, ModuleObject)]
    turns = {turn_of(e.w.layout, first_members(e, module), module) for module in modules}
    turn = turns.pop() if len(turns) == 1 and len(modules) == len(made) else None
    order = [axis for axis in turn or () if isinstance(axis, int)]
    return [e.w.target.permute_layer(order)] if order else []


def first_members(e: Expressions, module: ModuleObject) -> list[Lowered]:
    """All that is written by the text that makes a module."""
    for site in e.w.sites.sites.values():
        if any(module is one for one in site.modules) and len(site.cases) == 1:
            return site.cases[0].members
    return []


def turn_of(layout: Layout, members: list[Lowered], module: ModuleObject) -> Turn | None:
    """How what comes to a module in a row is turned, where its text is also that of layers outside of rows."""
    steps = [low.chosen.steps[0] for low in members if low.chosen is not None and low.chosen.steps]
    if not called_both_ways(steps):
        return None
    own = [s for s in steps if s.node is not None and s.node.module is module and id(s) in layout.placed]
    found = {layout.placed[id(s)].transposes.get(first_name(s)) for s in own}
    return next(iter(found)) if len(found) == 1 else None
