"""Edits of several nodes at once: wires led elsewhere, nodes made one block, a block taken apart. No Qt here."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pivot.editing.grouping import group, group_entries, ungroup_entries
from pivot.editing.names import Library
from pivot.editing.operands import operand
from pivot.editing.ungrouping import ungroup
from pivot.editing.wires import reconnect
from pivot.problems import refuse
from studio.editing.context import Context, Outcome, Scope
from studio.editing.spots import (
    Spot,
    call_of,
    making,
    site_spot,
    spot_of_module,
    spot_of_node,
    steps,
    wanted,
    wire_spot,
)  # fmt: skip
from studio.picture import Node, Span

_BASES = {
    "torch": ("torch.nn.Module", "forward", "torch.nn.Sequential"),
    "keras": ("keras.Model", "call", "keras.Sequential"),
}


def connect(context: Context, value: str, taker: str, other: str, scope: Scope) -> Outcome:
    """Let a node take the value `other` where it takes `value` now. Raises Refusal."""
    target = context.node(taker)
    wire = wire_spot(context, value, taker)
    source = context.picture.producer.get(other)
    if wire.taker is None or wire.taken is None:
        # Both ends are in one container: only a forward pass can lead a tensor around an entry of it.
        raise refuse(
            "edit-wire", "", 0, 0, "a container leads its tensor from entry to entry", "move the layer instead"
        )
    spot: Spot = wire.taker
    taken = wire.taken
    frames = {frame for frame, _ in steps(context, target)}
    if source is None:
        spot = site_spot(context, target.frame, context.here(target.site), target.label)
        taken = operand(spot.source, spot.node, target.inputs.index(value), len(target.inputs))
        name = next((item.name for item in context.picture.inputs if item.id == other), "")
        changes = reconnect(spot.source, spot.node, taken, name)
        return context.edited(f"connect {name} to {spot.name}", spot.source.file, changes, wanted(context, spot, scope))
    found: tuple[int, Span] | None = next(
        ((frame, site) for frame, site in steps(context, source) if frame in frames), None
    )
    if found is None:
        raise refuse("edit-wire", "", 0, 0, "the two meet in no definition", "edit the source text")
    frame, site = found
    depth = next(at for at, step in enumerate(steps(context, target)) if step[0] == frame)
    own = list(steps(context, target))[depth][1]
    spot = site_spot(context, frame, own, target.label)
    inner = depth == 0
    taken = operand(
        spot.source, spot.node, target.inputs.index(value) if inner else 0, len(target.inputs) if inner else 1
    )
    giver = site_spot(context, frame, site, source.label)
    direct = source.frame == frame
    part = source.outputs.index(other) if direct and len(source.outputs) > 1 else None
    changes = reconnect(spot.source, spot.node, taken, giver.node, part)
    label = f"connect {source.label} to {target.label}"
    return context.edited(label, spot.source.file, changes, wanted(context, spot, scope))


def make_block(context: Context, nodes: Sequence[Node], modules: Sequence[str], name: str, scope: Scope) -> Outcome:
    """Make one block of nodes and modules that stand together. Raises Refusal."""
    spots = [spot_of_node(context, node) for node in nodes]
    spots += [spot_of_module(context, context.picture.module_by_path[path]) for path in modules]
    if not spots:
        raise refuse("edit-group", "", 0, 0, "nothing is selected", "select what shall be one block")
    source = spots[0].source
    base, call, container = _BASES[context.framework if context.framework in _BASES else "torch"]
    library = Library(source)
    unique = list({id(spot.node): spot for spot in spots}.values())
    if all(spot.element for spot in unique):
        changes = group_entries(source, [spot.expression for spot in unique], library.name(container))
    elif any(spot.element for spot in unique) or len({spot.source.file for spot in unique}) > 1:
        raise source.refusal(unique[0].node, "these stand in different places of the program", "select neighbours")
    else:
        statements = list({id(found): found for spot in unique if (found := source.statement(spot.node))}.values())
        changes = group(source, sorted(statements, key=source.start), name, library.name(base), call)
    return context.edited(
        f"group as {name}", source.file, [*changes, *library.changes], wanted(context, unique[0], scope)
    )


def take_apart(context: Context, path: str, scope: Scope) -> Outcome:
    """Put what is in a block in its place. Raises Refusal."""
    module = context.picture.module_by_path.get(path)
    if module is None or module.parent is None:
        raise refuse("edit-group", "", 0, 0, "the model itself is no block", "select a block in it")
    spot = spot_of_module(context, module)
    label = f"ungroup {module.name}"
    if spot.element:
        if module.kind != "container":
            why = f"{module.class_name} stands in a container, which applies it as a whole"
            raise refuse("edit-group", spot.source.file, spot.made.site[1], 0, why, "edit the source text")
        changes = ungroup_entries(spot.source, spot.expression)
        return context.edited(label, spot.source.file, changes, wanted(context, spot, scope))
    called = call_of(context, path)
    _, expression, source = making(context, module)
    statement = source.parents.get(expression)
    block = next((n for n in source.tree.body if isinstance(n, ast.ClassDef) and n.name == module.class_name), None)
    if block is None or called is None or not isinstance(statement, ast.Assign) or source is not spot.source:
        why = f"{module.name} is not made and called at one place of one file"
        raise refuse("edit-group", source.file, 0, 0, why, "edit the source text")
    if not isinstance(spot.node, ast.expr):
        raise source.refusal(spot.node, "this is a statement", "edit the source text")
    call = _BASES[context.framework if context.framework in _BASES else "torch"][1]
    return context.edited(
        label, source.file, ungroup(source, statement, spot.node, block, call), wanted(context, spot, scope)
    )
