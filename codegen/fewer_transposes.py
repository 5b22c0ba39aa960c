"""A transpose at one place for those at many: where a tensor is made in an order that what follows does not want.

    x = x.flatten(2)                                  x = x.flatten(2).permute(0, 2, 1)
    x1 = self.norm1(x.permute(0, 2, 1))          =    x1 = self.norm1(x)
    x = self.attention(x1).permute(0, 2, 1) + x       x = self.attention(x1) + x

Elementwise steps keep the order of what comes first, so that one image whose places became a sequence turns a whole
row of blocks. A site that turns its result is tried where several transposes go back to it, and kept where fewer are
left and no site's visits disagree for it.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.agreeing import conflicts, site_step
from codegen.orders import Order, tensors
from codegen.turning import add_turns, can_turn, makers, plans_of, set_plans, site_of

if TYPE_CHECKING:
    from codegen.layout import Layout, Placed
    from codegen.lower import Lowering
    from pivot.reading.values import TensorVersion

FEW = 3
"""Transposes up to which nothing is tried."""
ROUNDS = 4
CANDIDATES = 3


def with_fewer_transposes(
    lowering: Lowering, framework: str, joins: list[tuple[str, str, ast.AST]], layout: Layout
) -> Layout:
    """The layout with as few transposes as turns of single sites make it."""
    from codegen.layout import Layout

    for _ in range(ROUNDS):
        least = transposes(layout)
        if least < FEW:
            break
        for site, order in candidates(layout):
            plans = plans_of(lowering)
            add_turns(lowering, {site: order})
            turns = {**layout.agreed.turns, site: order}
            tried = Layout(lowering, framework, joins, replace(layout.agreed, turns=turns))
            if transposes(tried) < least and conflicts(tried) <= conflicts(layout) and not worse(tried, layout):
                layout = tried
                break
            set_plans(lowering, plans)
        else:
            break
    return layout


def transposes(layout: Layout) -> int:
    """How many are written, one for each place of the text."""
    return len({(site_step(layout.lowering, p.step), name) for p in placed_of_runs(layout) for name in p.transposes})


def worse(tried: Layout, before: Layout) -> bool:
    """Does a layout leave more steps that cannot be written, or arms that disagree?"""
    refused = [sum(bool(p.why) for p in layout.placed.values()) for layout in (tried, before)]
    return refused[0] > refused[1] or len(tried.broken_joins) > len(before.broken_joins)


def candidates(layout: Layout) -> list[tuple[int, Order]]:
    """Sites to which several transposes go back, with the order that these make; those with most of them first."""
    found: Counter[tuple[int, Order]] = Counter()
    met: set[object] = set()
    for placed in placed_of_runs(layout):
        for name, value, order in turned_operands(placed):
            place = site_step(layout.lowering, placed.step), name
            chain = makers(layout, value)
            if place in met or not chain or len(order) != len(layout.order_of(value)):
                continue
            met.add(place)
            have = layout.order_of(value)
            able = [s for s in chain if can_turn(layout, s, have) and site_of(s) not in layout.agreed.turns]
            if able:
                found[site_of(able[-1]), tuple(have[k] for k in order)] += 1
    return [key for key, count in found.most_common(CANDIDATES) if count > 1]


def turned_operands(placed: Placed) -> list[tuple[str, TensorVersion, Order]]:
    """The tensors that a step transposes, by the name of the operand, with the permutation."""
    found: list[tuple[str, TensorVersion, Order]] = []
    for name, perms in placed.transposes.items():
        operand = placed.step.operands.get(name)
        values = list(tensors({name: operand}))
        for value, perm in zip(values, perms if isinstance(operand, tuple) else (perms,), strict=False):
            if isinstance(perm, tuple):
                found.append((name, value, tuple(axis for axis in perm if isinstance(axis, int))))
    return found


def placed_of_runs(layout: Layout) -> list[Placed]:
    """The steps of what the runs meet."""
    return [p for p in layout.placed.values() if p.step.node is not None and id(p.step.node) in layout.met]
