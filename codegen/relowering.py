"""The lowering of a program after an edit of a number that layers are made with: what it has not changed is kept.

Sizes of tensors are others behind such a layer, but few forms ask for any; a node of which nothing is another that its
op's forms ask for is said as before. That sizes reach a choice in no other way is tested on the examples of all ops.
Anything that is not certain is lowered anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from codegen.lazy import Lazy
from codegen.lower import Lowered, Lowering, Plan, all_nodes, consumed, spoken_nodes, step_order, type_of
from codegen.writing.sites import words
from pivot.network import Node
from pivot.op import Form
from pivot.references import resolve_reference
from pivot.slots import Coded, Made, Operand, Path, Reference, SizeOf, Slot

RANKS = {"used", "unused", "given", "absent", "rank", "ranked", "deeper", "last", "integral", "floating", "boolean",
         "alike", "nonneg"}  # fmt: skip
"""Predicates that ask of a tensor whether it is there, how many axes it has and of which kind its numbers are."""
NOTED = "asked"


def note_sizes(lowering: Lowering) -> None:
    """Remember which sizes the forms of each node have asked for, while nobody waits."""
    lowering.asked = {id(node): sizes_asked(lowering, node) for node in lowering.nodes if node.op is not None}
    for low in lowering.lowered.values():
        for step in low.best.steps if low.best is not None else ():
            words(step)


def lowered_again(lowering: Lowering, retuned: Collection[int]) -> bool:
    """Bring a lowering up to its network, in which the layers and nodes of functions `retuned` (by identity) were made
    with other numbers and tensors have other sizes; False where it has to be made anew.
    """
    nodes = all_nodes(lowering.done)
    touched = {id(node) for node in nodes if id(node.module if node.module is not None else node) in retuned}
    if not lowering.asked or list(map(id, nodes)) != list(map(id, lowering.nodes)):
        return False
    if consumed(lowering.done, nodes) != lowering.consumed or spoken_nodes(nodes, lowering) != lowering.spoken:
        return False
    if any(id(node) in touched and node.op is not None and node.op.name == "axis_pad" for node in nodes):
        return False  # whether it keeps numbers from being negative depends on what it pads with
    before = lowering.forget()
    for node in nodes:
        if node.op is not None:
            low = before.get(id(node)) if id(node) not in touched else None
            kept = said_as_before(lowering, low) if low is not None else None
            lowering.lowered[id(node)] = kept if kept is not None else lowering.lower(node)
    lowering.asked = {}
    return True


def said_as_before(lowering: Lowering, low: Lowered) -> Lowered | None:
    """A node that is one step in a form of its own kind, of which nothing is another that its op's forms ask for."""
    node, best = low.node, low.best
    if best is None or low.spoken or len(best.steps) != 1 or (node.bound is not None and node.bound.unbatched):
        return None
    step, kind = best.steps[0], lowering.kind_of(node)
    if step.op is not node.op or step.form.kind != kind or step.words is None:
        return None  # what was tried before it and refused may do now
    if lowering.asked.get(id(node)) != sizes_asked(lowering, node):
        return None
    step.known = None  # it holds the sizes before

    def ways() -> Iterator[Plan]:
        assert best is not None
        yield best
        yield from islice(lowering.lower_anew(node, kind, lowering.unread(node)).plans, 1, None)

    return Lowered(node, Lazy(ways()), "", best, best=best)


def sizes_asked(lowering: Lowering, node: Node) -> tuple[object, ...]:
    """The sizes of a node's operands that a form of its op may ask for, and their ranks and kinds of numbers."""
    assert node.op is not None
    types = {name: type_of(value) for name, value in node.operands.items()}
    types.update({name: weight.type for name, weight in node.weights.items() if name not in types})
    order = step_order(node.op, node)
    found: list[object] = [
        resolve_reference(node.op, order, node.params, types, path)
        for form in node.op.forms.get(lowering.framework, ())
        for path in asked_by(form)
    ]
    return tuple(found)


def asked_by(form: Form) -> tuple[Path, ...]:
    """The operands and sizes of operands that a form looks at where it is chosen and written."""
    found = form.cache.get(NOTED)
    if not isinstance(found, tuple):
        refs = [ref for predicate in form.when if predicate.name not in RANKS for ref in predicate.args]
        refs += [ref for p in form.when if p.name in RANKS for ref in p.args if isinstance(ref, Path) and ref.part]
        for slot in (*form.args, *form.apply) if form.spelling != "body" else ():
            refs += references(slot)
        paths = (ref for ref in refs if isinstance(ref, Path) and (ref.part or ref.name not in form.op.params))
        found = form.cache[NOTED] = tuple(dict.fromkeys(paths))
    return found


def references(slot: Slot) -> list[Reference]:
    """What the value of a slot may look at besides its parameter."""
    value = slot.value
    if isinstance(value, SizeOf):
        return [Path(value.operand, None, value.letter)]
    if isinstance(value, Coded):
        return list(value.refs)
    if isinstance(value, Operand):
        return list(value.arguments)
    return [ref for inner in value.slots for ref in references(inner)] if isinstance(value, Made) else []
