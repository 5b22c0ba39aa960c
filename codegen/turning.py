"""Transposes behind a site: where a following site is reached with tensors in different orders, the odd one is turned.

A site has one text. A layer that gets the result of a convolution at most of its visits and that of a reshape at one
cannot transpose what it gets at that one alone; the statement that makes the odd tensor can, behind its own call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from codegen.agreeing import conflicts, mixed_calls, site_step, sizes_read, spoken_order, written_of
from codegen.lower import Lowered, Plan, Step
from codegen.orders import Order, first_tensor, identity, rank_of, tensors
from codegen.writing.layers_ahead import in_a_row
from pivot.reading.values import TensorVersion

if TYPE_CHECKING:
    import ast

    from codegen.layout import Layout
    from codegen.lower import Lowering

ROUNDS = 6
WAYS = ("first", "all", "plain")


def turned(lowering: Lowering, framework: str, joins: list[tuple[str, str, ast.AST]], starts: list[Layout]) -> Layout:
    """The layout with as many transposes behind sites as make the others agree; the first of `starts` if none helps."""
    plain = plans_of(lowering)
    best, least, plans = starts[0], conflicts(starts[0]), plain
    for start, way in product(starts, WAYS):
        for layout in turned_layouts(lowering, framework, joins, start, way):
            count = conflicts(layout)
            if count < least:
                best, least, plans = layout, count, plans_of(lowering)
            if not any(count):
                return best
        set_plans(lowering, plain)
        if not least[0]:
            break  # what disagrees is met in no run
    set_plans(lowering, plans)
    return with_fewer(lowering, framework, joins, best, plain)


def with_fewer(
    lowering: Lowering,
    framework: str,
    joins: list[tuple[str, str, ast.AST]],
    layout: Layout,
    plain: dict[int, Plan | None],
) -> Layout:
    """The layout without turns that are in each other's way: of two that give to a third, one is turned."""
    from codegen.layout import Layout

    least = conflicts(layout)
    for site in list(layout.agreed.turns) if any(least) else ():
        plans = plans_of(lowering)
        turns = {other: order for other, order in layout.agreed.turns.items() if other != site}
        set_plans(lowering, plain)
        add_turns(lowering, turns)
        spared = Layout(lowering, framework, joins, replace(layout.agreed, turns=turns))
        if conflicts(spared) < least:
            layout, least = spared, conflicts(spared)
        else:
            set_plans(lowering, plans)
    return layout


def plans_of(lowering: Lowering) -> dict[int, Plan | None]:
    """What was chosen for each node."""
    return {key: low.chosen for key, low in lowering.lowered.items()}


def set_plans(lowering: Lowering, plans: dict[int, Plan | None]) -> None:
    """Choose again what was chosen before."""
    for key, low in lowering.lowered.items():
        low.chosen = plans[key]


def turned_layouts(
    lowering: Lowering, framework: str, joins: list[tuple[str, str, ast.AST]], layout: Layout, way: str
) -> Iterator[Layout]:
    """Layouts with more and more transposes behind sites, each for what disagrees in the one before.

    `way`: "first" turns the first odd tensor of each site, as later ones may be odd because of it; "all" turns all;
    "plain" turns none into another order as long as one can be turned into the source's.
    """
    from codegen.layout import Layout

    agreed = layout.agreed
    seen: set[object] = set()  # turns may go to and fro
    for _ in range(ROUNDS):
        sites, inputs = odd_sites(layout, way == "first")
        more = {k: order for k, order in sites.items() if agreed.turns.get(k) != order}
        inputs = {n: order for n, order in inputs.items() if n not in agreed.inputs}
        if way == "plain":
            more = {k: order for k, order in more.items() if order == identity(len(order))} or more
        inputs = {} if more else inputs  # callers need not know what can be mended inside
        if not more and not inputs:
            break
        add_turns(lowering, {k: order for k, order in more.items() if k not in agreed.turns})
        agreed = replace(agreed, turns={**agreed.turns, **more}, inputs={**agreed.inputs, **inputs})
        state = frozenset(agreed.turns.items()), frozenset(agreed.inputs.items())
        if state in seen:
            break
        seen.add(state)
        layout = Layout(lowering, framework, joins, agreed)
        yield layout


def odd_sites(layout: Layout, first: bool = False) -> tuple[dict[int, Order], dict[int, Order]]:
    """The sites, and the inputs by number, that give an odd tensor to a site: the order in which the others come there.

    `first`: only the one that gives the first odd tensor to each.
    """
    found: dict[int, Order] = {}
    inputs: dict[int, Order] = {}
    runs = layout.lowering.done.network.runs.values()
    numbers = {entry.value.id: number for run in runs for number, entry in enumerate(run.inputs)}
    wanted: dict[object, Counter[Order]] = {}
    texts: dict[object, set[object]] = {}
    values: dict[object, list[TensorVersion]] = {}
    for placed in layout.placed.values():
        if placed.step.node is None or id(placed.step.node) not in layout.met:
            continue
        joined = placed.step.op.layout == "any" or any(isinstance(o, tuple) for o in placed.step.operands.values())
        for place, value in enumerate(list(tensors(placed.step.operands))[: None if joined else 1]):
            key: object = (site_step(layout.lowering, placed.step), rank_of(value), place)
            texts.setdefault(key, set()).add((written_of(layout, placed, [value]), placed.alias))
            values.setdefault(key, []).append(value)
            count = 1 if placed.transposes else 1_000  # an order that needs no transpose is the site's own
            if placed.step.op.shape == "einsum" and layout.order_of(value) == identity(rank_of(value)):
                count += 1  # its equation stays as the source has it
            wanted.setdefault(key, Counter())[layout.order_of(value)] += count
    for site, value in sizes_read(layout):
        key = (site, rank_of(value))
        texts.setdefault(key, set()).add(spoken_order(layout.order_of(value)))
        values.setdefault(key, []).append(value)
        wanted.setdefault(key, Counter())[layout.order_of(value)] += 1
    for call, order, taken in mixed_calls(layout):
        key = ("call", call)
        texts[key] = {None, order}
        values[key] = taken
        wanted[key] = Counter({order: 1})
    for key, seen in texts.items():
        if len(seen) > 1 and key in values:
            order = wanted[key].most_common(1)[0][0]
            for value in values[key]:
                odd = layout.order_of(value)
                chain = makers(layout, value) if odd != order else []
                able = [step for step in reversed(chain) if can_turn(layout, step, odd)]
                made = next((s for s in able if s.node is not None and s.node.module is None), next(iter(able), None))
                origin = first_tensor(chain[-1]) if chain else value
                if made is not None:
                    found.setdefault(site_of(made), order)
                elif odd != order and origin is not None and origin.id in numbers and rank_of(origin) == len(order):
                    inputs.setdefault(numbers[origin.id], order)
                else:
                    continue
                if first:
                    break  # others may come from it
    return found, inputs


def site_of(step: Step) -> int:
    """The site of a function's step."""
    assert step.node is not None
    return id(step.node.site)


def makers(layout: Layout, value: TensorVersion) -> list[Step]:
    """The steps that a value has come through in its order, back to the one that brought it into that."""
    at: TensorVersion | None = value
    found: list[Step] = []
    while at is not None and at.parameter is None and (step := layout.makers.get(at.id)) is not None:
        found.append(step)
        order = layout.order_of(at)
        keeps = step.op.layout in ("any", "axis", "last") or step.op.name == "identity"
        at = next((v for v in tensors(step.operands) if keeps and layout.order_of(v) == order), None)
    return found


def can_turn(layout: Layout, step: Step, order: Order) -> bool:
    """Does a site make one tensor, in one order at all visits, in a call that a transpose can stand around?"""
    node = step.node
    if node is None or len(node.results) != 1:
        return False
    if node.module is not None and not (in_a_row(step) or layout.lowering.in_place(node.frame)):
        return False  # the class's own text calls the layer
    for low in visits_of(layout.lowering, id(node.site)):
        if id(low.node) not in layout.met:
            continue  # an arm on trial, whose result nobody may read
        last = low.chosen.steps[-1] if low.chosen is not None and low.chosen.steps else None
        if last is None or len(last.results) != 1 or last.results[0] is not low.node.results[0]:
            return False
        if layout.order_of(last.results[0]) != order or last.results[0].id in layout.blocks:
            return False
    return True


def visits_of(lowering: Lowering, site: int) -> Iterator[Lowered]:
    """The nodes that a site made."""
    return (low for low in lowering.lowered.values() if id(low.node.site) == site)


def add_turns(lowering: Lowering, sites: dict[int, Order]) -> None:
    """Let the plans of sites end in a step that brings their result into another order."""
    op = lowering.opset.ops["identity"]
    form = op.forms[lowering.framework][0]
    for low in lowering.lowered.values():
        if id(low.node.site) not in sites or low.chosen is None:
            continue
        *front, last = low.chosen.steps
        if len(last.results) != 1 or last.results[0] is not low.node.results[0]:
            continue
        lowering.counter += 1
        fresh = TensorVersion(f"s{lowering.counter}", last.results[0].type)
        turn = Step(op, form, "function", {}, {"x": fresh}, {}, last.results, {}, low.node)
        low.chosen = Plan(low.chosen.key, (*front, replace(last, results=(fresh,)), turn))


def turn_of(layout: Layout, step: Step) -> Order | None:
    """The order into which a step turns what it is given, if it stands there for that."""
    if step.op.name != "identity" or step.node is None or not layout.agreed.turns:
        return None
    low = layout.lowering.lowered[id(step.node)]
    last = low.chosen.steps[-1] if low.chosen is not None else None
    return layout.agreed.turns.get(id(step.node.site)) if last is step else None
