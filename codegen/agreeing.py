"""One text for all visits of a site: where storage orders differ, what they come from is brought into one order."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from codegen.letters_layout import stored_equation
from codegen.orders import Order, first_name, first_tensor, identity, rank_of, tensors
from codegen.writing.held import is_direct
from pivot.reading.values import TensorCell, TensorVersion

if TYPE_CHECKING:
    from codegen.layout import Layout, Placed
    from codegen.lower import Lowering, Step

SiteStep = tuple[int, int]  # id of a site's syntax node, number of the step
TURNS = 6
AGREE = (0, 0)  # conflicts of a layout in which all visits agree
COUNTS = {"dim", "ndim", "ndimension", "numel", "nelement"}  # what is read alike in any order
REORDERING = {"permute", "transpose", "swapaxes", "move_axis", "reshape", "flatten", "unflatten"}  # shape rules


@dataclass(frozen=True, slots=True)
class Agreed:
    """Steps that look at no axis of size 1 by itself, and steps that give their result in the source's order.

    `wishes`: the order that what follows a step wants at one of its visits, for all of them; `inputs`: orders of inputs
    by their number, where a site takes an input at one visit and something stored in another order at the others;
    `said`: a permute that the program says, of what is stored in the source's order and not wanted in another, is
    written as one; `permutes`: so is one of a decomposition. `turns`: sites (id of their syntax
    node) that transpose their result into an order. `groups`: which axes of a reshape become which, where that is left
    open by an axis of size 1 at some visits.
    """

    general: frozenset[SiteStep] = frozenset()
    plain: frozenset[SiteStep] = frozenset()
    wishes: Mapping[SiteStep, Order] = field(default_factory=dict)
    inputs: Mapping[int, Order] = field(default_factory=dict)
    said: bool = True
    permutes: bool = False
    turns: Mapping[int, Order] = field(default_factory=dict)
    groups: Mapping[SiteStep, list[tuple[tuple[int, ...], tuple[int, ...]]]] = field(default_factory=dict)


NOTHING = Agreed()


def site_step(lowering: Lowering, step: Step) -> SiteStep:
    """Which step of which site this is."""
    if step.node is None:
        return -1, -1
    chosen = lowering.lowered[id(step.node)].chosen
    steps = chosen.steps if chosen is not None else ()
    module = step.node.module  # a layer is written where it is made
    number = next((i for i, s in enumerate(steps) if s is step), -1)
    if module is not None and module.visit is not None and hasattr(step.node.site, "container_index"):
        if module.visit.kind == "layer" and not is_direct(module.visit):
            return hash(module.visit.name), number  # a container calls it, and one function makes all of its kind
    return id(module.site if module is not None else step.node.site), number


def laid_out(lowering: Lowering, framework: str, joins: list[tuple[str, str, ast.AST]]) -> Layout:
    """The layout; where visits of a site disagree, the first in which they agree, else the one in which most do."""
    from codegen.index_sources import sources_of_indices
    from codegen.layout import Layout
    from codegen.reshaping import groups_by_site

    layout = Layout(lowering, framework, joins)
    odd, places = disagreeing_reshapes(layout), sources_of_indices(layout)
    start = Agreed(odd, places, wishes=wishes_of(layout, odd), groups=groups_by_site(layout, odd))
    if odd or places:  # an axis has size 1 at some visits only, or indices are stored in another order
        layout = Layout(lowering, framework, joins, start)
    tried = {conflicts(layout): layout}
    for way, where in (
        (with_permutes, start),
        (settled, start),
        (renumbered, start),
        (settled, replace(start, said=False)),
    ):
        if AGREE not in tried:
            other = way(lowering, framework, joins, where)
            tried.setdefault(conflicts(other), other)
    if AGREE not in tried:
        from codegen.turning import turned

        return turned(lowering, framework, joins, [tried[count] for count in sorted(tried)])
    from codegen.fewer_transposes import with_fewer_transposes

    return with_fewer_transposes(lowering, framework, joins, tried[AGREE])


def renumbered(lowering: Lowering, framework: str, joins: list[tuple[str, str, ast.AST]], agreed: Agreed) -> Layout:
    """The layout in which permutes only number axes anew, wherever that will do."""
    from codegen.layout import Layout

    return Layout(lowering, framework, joins, replace(agreed, said=False))


def with_permutes(lowering: Lowering, framework: str, joins: list[tuple[str, str, ast.AST]], agreed: Agreed) -> Layout:
    """The layout in which a permute of what is stored in the source's order is written as one."""
    from codegen.layout import Layout
    from codegen.reshaping import groups_by_site

    agreed = replace(agreed, permutes=True)
    layout = Layout(lowering, framework, joins, agreed)
    odd = disagreeing_reshapes(layout) - agreed.general
    if odd:
        wishes = {**wishes_of(layout, odd), **agreed.wishes}
        parts = {**groups_by_site(layout, odd), **agreed.groups}
        agreed = replace(agreed, general=agreed.general | odd, wishes=wishes, groups=parts)
        layout = Layout(lowering, framework, joins, agreed)
    return layout


def settled(lowering: Lowering, framework: str, joins: list[tuple[str, str, ast.AST]], agreed: Agreed) -> Layout:
    """The layout in which what tensors of one site come from gives them in one order, step by step."""
    from codegen.layout import Layout
    from codegen.reshaping import groups_by_site

    layout = Layout(lowering, framework, joins, agreed)
    for _ in range(TURNS):
        odd = disagreeing_reshapes(layout)
        general, plain, inputs = agreed.general | odd, agreed.plain, dict(agreed.inputs)
        if general == agreed.general:
            inputs = {**inputs_in_the_way(layout, odd), **inputs}
            if inputs == agreed.inputs:
                plain = plain | sources_of_disagreement(layout)
        if (general, plain, inputs) == (agreed.general, agreed.plain, agreed.inputs):
            break
        wishes = {**wishes_of(layout, general), **agreed.wishes}
        parts = {**groups_by_site(layout, general), **agreed.groups}
        agreed = Agreed(general, plain, wishes, inputs, groups=parts, said=agreed.said)
        layout = Layout(lowering, framework, joins, agreed)
    return layout


def conflicts(layout: Layout) -> tuple[int, int]:
    """Sites that need different transposes at different visits, or read sizes of tensors in different orders.

    Those that are met so; and those that are met in one way, and in another by an arm on trial.
    """
    found: dict[object, object] = {}
    odd: set[object] = set()
    tried: list[tuple[object, object]] = []
    for placed in layout.placed.values():
        if placed.step.node is not None:
            key: object = site_step(layout.lowering, placed.step)
            said = stored_equation(layout, placed.step) if placed.step.op.shape == "einsum" else keeps_order(placed)
            how = (placed.transposes, placed.inserted, placed.alias, placed.orders_in if said is True else said)
            if id(placed.step.node) not in layout.met:
                tried.append((key, how))
            elif found.setdefault(key, how) != how:
                odd.add(key)
    also = {key for key, how in tried if found.get(key, how) != how} - odd
    for key, version in sizes_read(layout):
        order = spoken_order(layout.order_of(version))
        if found.setdefault(key, order) != order:
            odd.add(key)
    return len(odd) + sum(1 for _ in mixed_calls(layout)), len(also)


def keeps_order(placed: Placed) -> bool:
    """Is this a layer that takes images as they are stored, and is told where the channels are: normalization?"""
    step = placed.step
    return step.op.layout == "spatial" and step.op.shape == "same" and step.node is not None and bool(step.node.module)


def spoken_order(order: Order) -> Order | None:
    """An order of which a text depends: None for the source's own, of whatever rank."""
    return None if order == identity(len(order)) else order


def sizes_read(layout: Layout) -> Iterator[tuple[object, TensorVersion]]:
    """The tensors whose sizes a site reads."""
    for visits in layout.lowering.done.network.trace.visits.values():
        for visit in visits:
            cell = visit.args[0].hint if visit.kind == "size" and visit.args else None
            if isinstance(cell, TensorCell) and not visit.speculative and visit.name not in COUNTS:
                yield ("size", id(visit.node)), cell.version


def mixed_calls(layout: Layout) -> Iterator[tuple[int, Order, list[TensorVersion]]]:
    """Calls of library layers that transpose what they are given and of modules of the program, which do not.

    The call (id of its syntax node), the order that the layers want, and all tensors that come there.
    """
    for visits in layout.lowering.done.network.trace.visits.values():
        calls = [v for v in visits if v.kind == "apply" and v.module is not None and not v.speculative]
        own = [v for v in calls if v.entered is not None]
        if not own or len(own) == len(calls):
            continue
        lows = [layout.lowering.lowered.get(id(v.made)) for v in calls if v.entered is None]
        steps = [low.chosen.steps[0] for low in lows if low is not None and low.chosen is not None]
        placed = [layout.placed[id(step)] for step in steps if id(step) in layout.placed]
        wanted = [p.orders_in[first_name(p.step)] for p in placed if p.transposes.get(first_name(p.step))]
        if wanted:
            given = [v.args[0].hint for v in own if v.args]
            taken = [first_tensor(p.step) for p in placed] + [c.version for c in given if isinstance(c, TensorCell)]
            yield id(own[0].node), wanted[0], [value for value in taken if value is not None]


def disagreeing_reshapes(layout: Layout) -> frozenset[SiteStep]:
    """Reshapes of one site that need different transposes at different visits, and operations that need other axes."""
    found: dict[SiteStep, object] = {}
    odd: set[SiteStep] = set()
    for placed in layout.placed.values():
        reordering = placed.step.op.shape in REORDERING
        if (reordering or placed.step.op.layout == "any") and placed.step.node is not None:
            key = site_step(layout.lowering, placed.step)
            how = (placed.transposes, placed.orders_out) if reordering else placed.inserted
            if found.setdefault(key, how) != how:
                odd.add(key)
    return frozenset(odd)


def wishes_of(layout: Layout, steps: frozenset[SiteStep]) -> dict[SiteStep, Order]:
    """What the first visit with a wish wants of steps whose visits disagree."""
    found: dict[SiteStep, Order] = {}
    for placed in layout.placed.values() if steps else ():
        key = site_step(layout.lowering, placed.step)
        if key in steps and key not in found and placed.step.results:
            wish = layout.wish(placed.step.results[0])
            if wish is not None:
                found[key] = wish
    return found


def inputs_in_the_way(layout: Layout, steps: frozenset[SiteStep]) -> dict[int, Order]:
    """Inputs of the network that some visits of a step take in the source's order, where the others all have one."""
    numbers = {i.value.id: n for run in layout.lowering.done.network.runs.values() for n, i in enumerate(run.inputs)}
    taken: dict[SiteStep, list[TensorVersion]] = {}
    for placed in layout.placed.values():
        key = site_step(layout.lowering, placed.step)
        if key in steps:
            taken.setdefault(key, []).extend(tensors(placed.step.operands))
    found: dict[int, Order] = {}
    for values in taken.values():
        others = {layout.order_of(v) for v in values if v.id not in numbers}
        if len(others) == 1:
            order = next(iter(others))
            found.update((numbers[v.id], order) for v in values if v.id in numbers and len(v.type.shape) == len(order))
    return found


def sources_of_disagreement(layout: Layout) -> frozenset[SiteStep]:
    """The steps that gave tensors of one site another order than the source's, where its visits differ in orders."""
    maker = {result.id: placed.step for placed in layout.placed.values() for result in placed.step.results}
    orders: dict[object, set[object]] = {}
    values: dict[object, list[TensorVersion]] = {}
    for placed in layout.placed.values():
        key: object = site_step(layout.lowering, placed.step)
        taken = list(tensors(placed.step.operands))
        orders.setdefault(key, set()).add(written_of(layout, placed, taken))
        values.setdefault(key, []).extend(taken)
    for key, version in sizes_read(layout):
        orders.setdefault(key, set()).add(spoken_order(layout.order_of(version)))
        values.setdefault(key, []).append(version)
    found: set[SiteStep] = set()
    for key, seen in orders.items():
        if len(seen) > 1:
            found.update(made for v in values[key] if (made := reordering_step(layout, maker, v)) is not None)
    return frozenset(found)


def written_of(layout: Layout, placed: Placed, taken: list[TensorVersion]) -> object:
    """What of a step's text depends on the order of its operands: transposes, axes, shapes."""
    orders = tuple(layout.order_of(v) for v in taken)
    asks = placed.step.op.layout in ("axis", "index") or placed.step.op.shape in REORDERING or keeps_order(placed)
    said: object = orders if asks else stored_equation(layout, placed.step)
    return tuple(sorted(placed.transposes.items())), tuple(sorted(placed.inserted.items())), said


def reordering_step(layout: Layout, maker: dict[str, Step], value: TensorVersion) -> SiteStep | None:
    """The step that brought a value into its order, looked for through steps that keep the order."""
    at: TensorVersion | None = value
    while at is not None and layout.order_of(at) != identity(rank_of(at)):
        step = maker.get(at.id)
        if step is None:
            return None
        idle = layout.placed[id(step)].alias and layout.order_of(at) == layout.order_of(next(tensors(step.operands)))
        if step.op.shape in REORDERING and not idle:
            return site_step(layout.lowering, step)
        if step.op.shape in ("squeeze", "unsqueeze"):
            at = first_tensor(step)
            if at is not None and layout.order_of(at) == identity(rank_of(at)):
                return site_step(layout.lowering, step)
            continue
        order = layout.order_of(at)
        at = next((v for v in tensors(step.operands) if layout.order_of(v) == order), None)
        if at is None and first_tensor(step) is not None:
            return None
    return None
