"""Nodes and blocks as data that any window can take. No Qt here.

A node is its op with its parameters, free of names and frameworks. A block is its class with the definitions it needs,
and what it was made with, in the words of its framework.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from pivot.editing.carrying import Carried, carried, take_in
from pivot.editing.names import Library, fresh, is_name
from pivot.editing.piece import Piece, piece_of, spelled
from pivot.editing.source import Change
from pivot.problems import refuse
from studio.editing.commands import behind
from studio.editing.context import Context, Outcome, Scope
from studio.editing.spots import Spot, spot_of_module, spot_of_node, wanted
from studio.picture import Module, Node, Picture

MIME = "application/x-pivot-nodes+json"
VERSION = 2
_Record = Mapping[str, object]


def copied(context: Context, nodes: Sequence[Node], modules: Sequence[str] = ()) -> bytes:
    """The clipboard's content for some nodes and blocks, in the order of the network. Raises Refusal."""
    order = {node.id: at for at, node in enumerate(context.picture.nodes)}
    items: list[tuple[int, _Record]] = [(order[node.id], _node(node)) for node in nodes if node.unmapped is None]
    for path in modules:
        items += _items_of(context, context.picture.module_by_path[path], order)
    items.sort(key=lambda item: item[0])
    record = {"version": VERSION, "framework": context.framework, "nodes": [item for _, item in items]}
    return json.dumps(record, ensure_ascii=False).encode("utf-8")


def _node(node: Node) -> _Record:
    return {"op": node.op, "name": node.label, "params": {param.name: param.value for param in node.params}}


def _items_of(context: Context, module: Module, order: Mapping[str, int]) -> list[tuple[int, _Record]]:
    """A block of the program as one, a container as what is in it."""
    inside = context.picture.nodes_below(module.path)
    if module.kind == "user":
        return [(min((order[node.id] for node in inside), default=0), _block(context, module, inside))]
    own = [node for node in context.picture.nodes if node.instance == module.path and node.unmapped is None]
    found = [(order[node.id], _node(node)) for node in own]
    for child in context.picture.submodules.get(module.path, ()):
        found += _items_of(context, child, order)
    return found


def _block(context: Context, module: Module, inside: Sequence[Node]) -> _Record:
    """A class of the program with what it needs. Raises Refusal."""
    place = context.here(module.definition)
    source = context.source(place.file)
    if module.arguments is None:
        why = f"{module.path} is made with something that is no literal"
        raise refuse("edit-copy", source.file, place.line, 0, why, "copy what is in it, or write numbers there")
    if len(_taken_in(context.picture, inside)) > 1:
        why = f"{module.path} takes several tensors"
        raise refuse("edit-copy", source.file, place.line, 0, why, "copy it in the source text")
    names = [module.class_name, *(item.text for item in module.arguments if item.kind == "program")]
    what = carried(source, names)
    arguments = [[item.keyword, item.text, item.kind] for item in module.arguments]
    return {
        "class": module.class_name,
        "name": module.name,
        "arguments": arguments,
        "definitions": [list(item) for item in what.definitions],
        "imports": list(what.imports),
    }


def _taken_in(picture: Picture, inside: Sequence[Node]) -> set[str]:
    made = {value for node in inside for value in node.outputs}
    return {value for node in inside for value in node.inputs} - made


def pasted(context: Context, data: bytes, node: Node, scope: Scope, path: str = "") -> Outcome:
    """Put what was copied behind a node, or behind the block at `path` that ends with it. Raises Refusal."""
    items = _items(context, data)
    spot = spot_of_module(context, context.picture.module_by_path[path]) if path else spot_of_node(context, node)
    library = Library(spot.source)
    used = [value for value in node.outputs if context.picture.consumers.get(value)] or list(node.outputs[:1])
    shape = context.picture.values[used[0]].shape if used and used[0] in context.picture.values else None
    pieces: list[Piece] = []
    changes: list[Change] = []
    for item in items:
        if "class" in item:
            piece, brought = _pasted_block(spot, item, library)
            changes += [change for change in brought if change not in changes]
        else:
            values = _values(cast("Mapping[str, str]", item["params"]))
            piece = _piece(context, str(item["op"]), values, library, shape)
        pieces.append(piece)
    names: set[str] = set()
    pieces = [replace(piece, name=fresh(piece.name, names)) for piece in pieces]
    part = node.outputs.index(used[0]) if len(node.outputs) > 1 else None
    for piece in pieces:
        changes += behind(context, spot, piece, part, scope)
    label = f"paste {pieces[0].name}" if len(pieces) == 1 else f"paste {len(pieces)} nodes"
    changes = _nested(spot.source.text, [*changes, *library.changes])
    return context.edited(label, spot.source.file, changes, wanted(context, spot, scope))


def _nested(text: str, changes: Sequence[Change]) -> list[Change]:
    """Pieces that are put around one expression are put around each other: `relu(conv(x))`."""
    found: list[Change] = []
    for change in changes:
        old = text[change.start : change.end]
        place = (change.start, change.end)
        at = next((at for at, known in enumerate(found) if old and (known.start, known.end) == place), None)
        if at is None:
            found.append(change)
        elif found[at] != change:
            found[at] = Change(change.start, change.end, change.text.replace(old, found[at].text, 1))
    return found


def _pasted_block(spot: Spot, item: _Record, library: Library) -> tuple[Piece, list[Change]]:
    """A block as it is made here, and the definitions it brings along. Raises Refusal."""
    definitions = cast("Sequence[tuple[str, str]]", item["definitions"])
    what = Carried(tuple((name, text) for name, text in definitions), tuple(cast("Sequence[str]", item["imports"])))
    source = spot.source
    (top,) = [node for node in source.tree.body if node in {spot.node, *source.above(spot.node)}]
    called, changes = take_in(source, what, top)
    texts = []
    for keyword, text, kind in cast("Sequence[tuple[str, str, str]]", item["arguments"]):
        said = called.get(text, text) if kind == "program" else library.name(text) if kind == "library" else text
        texts.append(f"{keyword}={said}" if keyword else said)
    name, attribute = str(item["class"]), str(item["name"])
    if not is_name(attribute):
        attribute = name.lower()  # an entry of a list has a number
    return Piece(attribute, f"{called.get(name, name)}({', '.join(texts)})", True), changes


def _items(context: Context, data: bytes) -> list[_Record]:
    try:
        record = json.loads(data.decode("utf-8"))
        if record["version"] != VERSION or not record["nodes"]:
            raise ValueError("of another version, or empty")
        items = [item for item in record["nodes"] if item["definitions" if "class" in item else "params"] is not None]
        framework = str(record["framework"])
        if any("class" in item for item in items) and framework != context.framework:
            why = f"this block is written for {framework}, and this network for {context.framework}"
            raise refuse("edit-paste", "", 0, 0, why, "convert it first, or copy the nodes in it")
        return items
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"the clipboard holds no nodes ({error})"
        raise refuse("edit-paste", "", 0, 0, why, "copy nodes in a graph first") from None


def _values(params: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, text in params.items():
        try:
            values[str(name)] = ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue  # a size that only the old place knew: the op's own default stands in
    return values


def _piece(
    context: Context, op: str, params: dict[str, object], library: Library, shape: Sequence[object] | None
) -> Piece:
    found = context.opset.ops.get(op)
    if found is None:
        raise refuse("edit-paste", "", 0, 0, f"there is no op {op!r} here", "map it in this project first")
    piece = spelled(found, context.framework, params, library, shape) or piece_of(
        found, context.framework, library, [shape]
    )
    if piece is None:
        raise refuse(
            "edit-paste", "", 0, 0, f"{found.title} cannot be said in {context.framework}", "choose another op"
        )
    return piece
