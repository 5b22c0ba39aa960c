"""The edits by name: each takes a context and gives an Outcome, or raises Refusal and changes nothing. No Qt here."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from pivot.editing import elements
from pivot.editing.arguments import Argument, slot_of
from pivot.editing.frames import Made, key_of
from pivot.editing.layers import (
    bypass,
    duplicate,
    insert_before,
    insert_behind,
    rename_attribute,
    rename_name,
    replace_site,
)  # fmt: skip
from pivot.editing.names import Library, is_name
from pivot.editing.operands import attribute_of, made_in, operand
from pivot.editing.piece import Piece, piece_of
from pivot.editing.source import Change, Source
from pivot.edits import check_literal, replace_spans, set_model
from pivot.problems import Refusal, refuse
from studio.built_in import check_own
from studio.editing.context import Context, Outcome, Scope
from studio.editing.spots import (
    Spot,
    WireSpot,
    makers,
    making,
    site_spot,
    spot_of_module,
    spot_of_node,
    wanted,
    wire_spot,
)
from studio.picture import Node, Param, Shape, Span


def set_parameter(context: Context, nodes: Sequence[Node], name: str, text: str, scope: Scope) -> Outcome:
    """Another value for a parameter: where its number was written, or at the call of the op, for a scope."""
    first = nodes[0]
    param = next((item for item in first.params if item.name == name), None)
    if param is None:
        raise refuse("edit-program", "", 0, 0, f"{first.op} has no parameter {name}", "choose another one")
    text = check_literal(param.type, text) if param.span is None else text.strip()
    label = f"{name} {param.text} → {text}"
    if scope == "written" and param.span is not None:
        return _written(context, nodes, name, text, label)
    place, made, everywhere = _call_that_says(context, first)
    call = context.source(place.file).at(place, ast.Call)
    slot = _slot(context, first, call, name)
    wanted_here = [
        item for node in nodes for item in context.wanted(_call_that_says(context, node)[1], scope, everywhere)
    ]
    said = slot.text(text, values_of(first))
    argument = (place, slot.name, slot.place, said)
    return context.edited(label, place.file, (), list(dict.fromkeys(wanted_here)) or [made], argument)


def scope_counts(context: Context, node: Node, name: str | None = None) -> dict[Scope, int]:
    """How many nodes an edit of a node would reach in each scope."""
    if name is not None:
        _, made, everywhere = _call_that_says(context, node)
        param = next((item for item in node.params if item.name == name), None)
        links = context.document.results.links if context.document.results else None
        counts: dict[Scope, int] = {
            scope: len(context.wanted(made, scope, everywhere))
            for scope in ("instance", "structure", "class", "written")
        }
        if param is not None and param.span is not None and links is not None:
            counts["written"] = len(links.nodes_written_at(param.span))
        return counts
    spot = spot_of_node(context, node)
    return {scope: len(wanted(context, spot, scope)) for scope in ("instance", "structure", "class", "written")}


def module_counts(context: Context, path: str) -> dict[Scope, int]:
    """How many blocks an edit of a block would reach in each scope."""
    spot = spot_of_module(context, context.picture.module_by_path[path])
    return {scope: len(wanted(context, spot, scope)) for scope in ("instance", "structure", "class", "written")}


def insert_op(context: Context, op: str, value: str, taker: str | None, scope: Scope) -> Outcome:
    """Put an op on the wire that carries a value to a node (None: out of the network)."""
    wire = wire_spot(context, value, taker)
    spot = wire.giver or wire.taker
    assert spot is not None
    piece, imports = _piece(context, spot.source, op, [context.shape_of(value)], _alike(context, spot, value, scope))
    changes = _on_wire(context, wire, piece, scope)
    return context.edited(f"insert {piece.name}", spot.source.file, [*changes, *imports], wanted(context, spot, scope))


def _on_wire(context: Context, wire: WireSpot, piece: Piece, scope: Scope) -> list[Change]:
    giver, taker = wire.giver, wire.taker
    if giver is not None and giver.element:
        if not piece.layer:
            raise giver.source.refusal(
                giver.node, f"a container holds layers, and {piece.name} is none", "choose a layer"
            )
        return elements.behind(giver.source, giver.expression, piece.text, piece.name)
    if giver is not None and (wire.alone or taker is None):
        return insert_behind(giver.source, giver.node, piece, wire.part, makers(context, giver, scope))
    assert taker is not None and wire.taken is not None
    return insert_before(taker.source, taker.node, wire.taken, piece, makers(context, taker, scope))


def append_op(context: Context, op: str, node: Node, scope: Scope) -> Outcome:
    """Put an op behind a node, for everybody who takes what it gives."""
    spot = spot_of_node(context, node)
    used = [at for at, value in enumerate(node.outputs) if context.picture.consumers.get(value)] or [0]
    part = used[0]
    shape = context.shape_of(node.outputs[part]) if node.outputs else None
    alike = _alike(context, spot, node.outputs[part], scope) if node.outputs else ()
    piece, imports = _piece(context, spot.source, op, [shape], alike)
    changes = behind(context, spot, piece, part if len(node.outputs) > 1 else None, scope)
    return context.edited(f"insert {piece.name}", spot.source.file, [*changes, *imports], wanted(context, spot, scope))


def behind(context: Context, spot: Spot, piece: Piece, part: int | None, scope: Scope) -> list[Change]:
    """The changes that put a piece behind a spot. Raises Refusal."""
    if spot.element:
        if not piece.layer:
            raise spot.source.refusal(
                spot.node, f"a container holds layers, and {piece.name} is none", "choose a layer"
            )
        return elements.behind(spot.source, spot.expression, piece.text, piece.name)
    return insert_behind(spot.source, spot.node, piece, part, makers(context, spot, scope))


def replace_op(context: Context, op: str, nodes: Sequence[Node], scope: Scope) -> Outcome:
    """Another op in the place of one; it takes the same tensors."""
    node = nodes[0]
    spot = spot_of_node(context, node)
    shapes = [context.shape_of(value) for value in node.inputs]
    piece, imports = _piece(context, spot.source, op, shapes)
    if spot.element:
        if not piece.layer:
            raise spot.source.refusal(
                spot.node, f"a container holds layers, and {piece.name} is none", "choose a layer"
            )
        changes = [spot.source.over(spot.node, piece.text)]
    else:
        taken = [operand(spot.source, spot.node, at, len(node.inputs)) for at in range(max(1, len(node.inputs)))]
        changes = replace_site(spot.source, spot.node, piece, taken, makers(context, spot, scope))
    return context.edited(
        f"{node.op} → {piece.name}", spot.source.file, [*changes, *imports], wanted(context, spot, scope)
    )


def delete(context: Context, nodes: Sequence[Node], modules: Sequence[str], scope: Scope) -> Outcome:
    """Take nodes or whole modules away; what they took goes on in their place."""
    spots = [(spot_of_node(context, node), len(node.inputs)) for node in nodes]
    spots += [(spot_of_module(context, context.picture.module_by_path[path]), 1) for path in modules]
    label = f"delete {spots[0][0].name}" if len(spots) == 1 else f"delete {len(spots)} nodes"

    def changes(spot: Spot, count: int) -> list[Change]:
        if spot.element:
            return elements.without(spot.source, spot.expression)
        kept = operand(spot.source, spot.node, 0, max(1, count))
        return bypass(spot.source, spot.node, kept, makers(context, spot, scope))

    return _each(context, label, spots, changes, scope)


def double(context: Context, nodes: Sequence[Node], modules: Sequence[str], scope: Scope) -> Outcome:
    """The same once more, behind itself, with weights of its own."""
    spots = [(spot_of_node(context, node), len(node.inputs)) for node in nodes]
    spots += [(spot_of_module(context, context.picture.module_by_path[path]), 1) for path in modules]
    label = f"duplicate {spots[0][0].name}" if len(spots) == 1 else f"duplicate {len(spots)} nodes"

    def changes(spot: Spot, count: int) -> list[Change]:
        if spot.element:
            return elements.behind(spot.source, spot.expression, spot.source.of(spot.node), f"{spot.name}_2")
        kept = operand(spot.source, spot.node, 0, max(1, count))
        return duplicate(spot.source, spot.node, kept, None, makers(context, spot, scope))

    return _each(context, label, spots, changes, scope)


def _each(
    context: Context,
    label: str,
    spots: Sequence[tuple[Spot, int]],
    changes: Callable[[Spot, int], list[Change]],
    scope: Scope,
) -> Outcome:
    """One step for several spots, each place of the text once."""
    if not spots:
        raise refuse("edit-program", "", 0, 0, "nothing is selected", "select a node first")
    found: list[Change] = []
    places: list[Made] = []
    met: set[object] = set()
    for spot, count in spots:
        places += wanted(context, spot, scope)
        if (spot.source.file, spot.made.site) not in met:
            met.add((spot.source.file, spot.made.site))
            found += changes(spot, count)
    if len({spot.source.file for spot, _ in spots}) > 1:
        raise refuse("edit-program", "", 0, 0, "these stand in several files", "edit them one by one")
    return context.edited(label, spots[0][0].source.file, found, list(dict.fromkeys(places)))


def rename(context: Context, path: str, new: str) -> Outcome:
    """Another name for the attribute that holds a module, in its whole class; weights are then called by it too."""
    if not is_name(new):
        raise refuse("edit-name", "", 0, 0, f"{new!r} can be no name in Python", "use letters, digits and underscores")
    module = context.picture.module_by_path.get(path)
    if module is None or module.parent is None:
        raise refuse("edit-name", "", 0, 0, "the model itself has no attribute", "rename its class")
    made, expression, source = making(context, module)
    cls = source.class_around(expression)
    if cls is None or made_in(source, cls, module.name) is None:
        why = f"{module.name} is no attribute that its class makes at one place"
        raise refuse("edit-name", source.file, made.site[1], made.site[2], why, "rename it in the source text")
    changes = rename_attribute(source, cls, module.name, new)
    return context.written(f"rename {module.name} → {new}", {source.file: changes})


def rename_class(context: Context, path: str, new: str) -> Outcome:
    """Another name for the class of a module."""
    module = context.picture.module_by_path.get(path)
    if module is None or module.definition is None:
        raise refuse("edit-name", "", 0, 0, "this has no class of the program", "select a block")
    if not is_name(new):
        raise refuse("edit-name", "", 0, 0, f"{new!r} can be no name in Python", "use letters, digits and underscores")
    source = context.source(context.here(module.definition).file)
    done = context.written(
        f"rename {module.class_name} → {new}", {source.file: rename_name(source, module.class_name, new)}
    )
    model = done.project.model
    if model is not None and model.partition("(")[0].strip() == module.class_name:
        return Outcome(done.label, set_model(done.project, new + model.strip()[len(module.class_name) :]), done.said)
    return done


# -- pieces


def _alike(context: Context, spot: Spot, value: str, scope: Scope) -> list[Shape | None]:
    """The shapes of what stands at the same place of the text as a value, in the calls that an edit is for."""
    node = context.picture.producer.get(value)
    if node is None:
        return []
    part, calls = node.outputs.index(value), context.calls
    frames = {place.frame for place in wanted(context, spot, scope)}
    meant = {calls.receiver(frame) for frame in frames}
    return [
        context.shape_of(other.outputs[part])
        for other in context.picture.nodes
        if other.site == node.site and other.made_at == node.made_at and part < len(other.outputs)
        and (other.frame in frames or calls.receiver(other.frame) in meant)
    ]  # fmt: skip


def _piece(
    context: Context,
    source: Source,
    op: str,
    shapes: Sequence[Shape | None],
    alike: Sequence[Shape | None] = (),
) -> tuple[Piece, list[Change]]:
    """An op as this program would write it; `alike` are the shapes that it gets in other calls of the same text."""
    found = context.opset.ops.get(op)
    if found is None:
        raise refuse("edit-op", "", 0, 0, f"there is no op {op!r}", "choose one from the palette")
    library = Library(source)
    piece = piece_of(found, context.framework, library, shapes, context.drawn)
    if piece is None:
        raise refuse(
            "edit-op", "", 0, 0, f"{found.title} has no example in {context.framework}", "write it in the text"
        )
    texts = {made.text for shape in alike if (made := piece_of(found, context.framework, library, [shape])) is not None}
    if len(texts - {piece.text}) > 0 and not context.drawn:
        lazy = piece_of(found, context.framework, library, shapes, True)
        if lazy is None or lazy.text == piece.text:
            why = f"{found.title} would need other sizes in other instances: {', '.join(sorted(texts | {piece.text}))}"
            raise refuse("edit-op", "", 0, 0, why, "choose a narrower scope")
        return lazy, library.changes
    return piece, library.changes


def _written(context: Context, nodes: Sequence[Node], name: str, text: str, label: str) -> Outcome:
    """Another literal wherever the parameter of these nodes was written."""
    project = context.project
    spans: dict[Span, Param] = {}
    for node in nodes:
        for param in node.params:
            if param.name == name and param.span is not None:
                spans[param.span] = param
    for span in sorted(spans, key=lambda item: (item.file, -item.line, -item.column)):
        place = context.here(span)
        literal = context.document.literal(span) or ""
        checked = check_literal(_kind(spans[span], literal), text, place.file, place.line, place.column)
        check_own(place.file, place.line)
        project = replace_spans(project, place.file, (place,), checked, context.document.on_disk(place.file))
    return Outcome(label, project)


def _kind(param: Param, literal: str) -> str:
    """The type to check against: some notations write a number where the op has a pair, or a text for pads."""
    try:
        check_literal(param.type, literal)
    except Refusal:  # the present literal is in the notation of its framework, which is right there
        return "value"
    return param.type


def _call_that_says(context: Context, node: Node) -> tuple[Span, Made, tuple[Made, ...]]:
    """The call that gives a node its parameters: what makes its layer, or the function that is called."""
    module = context.picture.module_by_path.get(node.instance or "")
    if node.made_at is not None and module is not None and module.frame is not None:
        span = context.here(node.made_at)
        alike = tuple(
            Made(item.frame, key_of(place), item.turn)
            for item in context.picture.modules
            if item.frame is not None
            and item.made_at == node.made_at
            and (place := context.now(item.made_at)) is not None
        )
        return span, Made(module.frame, key_of(span), module.turn), alike
    span = context.here(node.site)
    if node.frame is None:
        raise refuse("edit-program", span.file, span.line, 0, "this stands in no definition", "edit the source text")
    alike = tuple(
        Made(item.frame, key_of(span), item.turn)
        for item in context.picture.nodes
        if item.frame is not None and item.site == node.site
    )
    return span, Made(node.frame, key_of(span), node.turn), alike


def values_of(node: Node) -> dict[str, object]:
    """The parameters of a node that are plain values."""
    values: dict[str, object] = {}
    for param in node.params:
        try:
            values[param.name] = ast.literal_eval(param.value)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    return values


def _slot(context: Context, node: Node, call: ast.Call, name: str) -> Argument:
    op = context.opset.ops.get(node.op)
    found = slot_of(op, context.framework, call, name) if op is not None else None
    if found is None:
        raise refuse("edit-argument", "", 0, 0, f"this call has no argument that says {name}", "edit the source text")
    return found


def attribute(context: Context, node: Node) -> str | None:
    """The attribute that a site calls, for tests and titles."""
    spot = site_spot(context, node.frame, context.here(node.site), node.label)
    return attribute_of(spot.source, spot.node)
