"""Nodes as data that any window can take: ops with their parameters, free of names and frameworks. No Qt here."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from dataclasses import replace

from pivot.editing.names import Library, fresh
from pivot.editing.piece import Piece, piece_of, spelled
from pivot.editing.source import Change
from pivot.problems import refuse
from studio.editing.commands import behind
from studio.editing.context import Context, Outcome, Scope
from studio.editing.spots import spot_of_node, wanted
from studio.picture import Node

MIME = "application/x-pivot-nodes+json"
VERSION = 1


def copied(nodes: Sequence[Node]) -> bytes:
    """The clipboard's content for some nodes, in the order of the network."""
    items = [
        {"op": node.op, "name": node.label, "params": {param.name: param.value for param in node.params}}
        for node in nodes
        if node.unmapped is None
    ]
    return json.dumps({"version": VERSION, "nodes": items}, ensure_ascii=False).encode("utf-8")


def pasted(context: Context, data: bytes, node: Node, scope: Scope) -> Outcome:
    """Put copied nodes behind a node, one after the other. Raises Refusal."""
    items = _items(data)
    spot = spot_of_node(context, node)
    library = Library(spot.source)
    used = [value for value in node.outputs if context.picture.consumers.get(value)] or list(node.outputs[:1])
    shape = context.picture.values[used[0]].shape if used and used[0] in context.picture.values else None
    pieces = [_piece(context, op, params, library, shape) for op, params in items]
    names: set[str] = set()
    pieces = [replace(piece, name=fresh(piece.name, names)) for piece in pieces]
    part = node.outputs.index(used[0]) if len(node.outputs) > 1 else None
    changes: list[Change] = []
    for piece in pieces:
        changes += behind(context, spot, piece, part, scope)
    label = f"paste {pieces[0].name}" if len(pieces) == 1 else f"paste {len(pieces)} nodes"
    return context.edited(label, spot.source.file, [*changes, *library.changes], wanted(context, spot, scope))


def _items(data: bytes) -> list[tuple[str, dict[str, object]]]:
    try:
        record = json.loads(data.decode("utf-8"))
        if record["version"] != VERSION or not record["nodes"]:
            raise ValueError("of another version, or empty")
        return [(str(item["op"]), _values(item["params"])) for item in record["nodes"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"the clipboard holds no nodes ({error})"
        raise refuse("edit-paste", "", 0, 0, why, "copy nodes in a graph first") from None


def _values(params: dict[str, str]) -> dict[str, object]:
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
