"""The call of a node that a person maps by hand, as a picture holds it: its spelling, its place, its arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from codegen.picture_values import shape_record, value_text
from pivot.network import Network, Node
from pivot.reading.applying import layer_call
from pivot.reading.spelled import Spelled, where_of
from pivot.reading.values import Api, ListObject, TensorCell, Unknown, Value, plain

TEXT_LIMIT = 200
"""Characters of source or value text per argument."""


def spelled_of(network: Network, node: Node) -> Spelled | None:
    """The call that a node comes from; None where it is no call of a library."""
    if node.spelled is not None or node.form is None:
        return node.spelled
    met = [v for v in network.trace.visits.get(id(node.site), ()) if v.form is node.form]
    visit = next((v for v in met if v.made is node or v.frame.key == node.frame.key), next(iter(met), None))
    if visit is None:
        return None
    if node.module is not None:
        return layer_call(node.module, visit.args, visit.kwargs, visit.node)
    return Spelled(node.form.spelling, node.form.name, visit.node, visit.frame, visit.args, visit.kwargs)


def call_record(spelled: Spelled, root: str) -> dict[str, object]:
    """A call as JSON. `root`: the folder of the source file."""
    return {
        "spelling": spelled.spelling,
        "name": spelled.name,
        "kind": spelled.kind,
        "where": where_of(root, spelled.node, spelled.frame).as_json(),
        "arguments": list(arguments(spelled.node, spelled.args, spelled.kwargs, spelled.spelling == "method")),
        "applied": list(arguments(spelled.applied_node, spelled.applied, spelled.applied_kwargs, False))
        if spelled.applied_node is not None
        else [],
    }


def arguments(
    node: ast.AST, args: Sequence[Value], kwargs: Mapping[str, Value], is_method: bool
) -> Iterator[dict[str, object]]:
    """Each argument with its text; of a method the receiver is the first."""
    texts, words = texts_of(node, len(args), is_method)
    for place, value in enumerate(args):
        yield {"keyword": None, "text": texts[place], **described(value)}
    for name, value in kwargs.items():
        yield {"keyword": name, "text": words.get(name, name), **described(value)}


def texts_of(node: ast.AST, count: int, is_method: bool) -> tuple[list[str], dict[str, str]]:
    """The texts of positional arguments and of keywords; what is not written out is "…"."""
    parts: list[ast.expr] = []
    words: dict[str, str] = {}
    match node:
        case ast.Call():
            receiver = [node.func.value] if is_method and isinstance(node.func, ast.Attribute) else []
            parts = [*receiver, *node.args]
            words = {word.arg: ast.unparse(word.value)[:TEXT_LIMIT] for word in node.keywords if word.arg is not None}
        case ast.BinOp():
            parts = [node.left, node.right]
        case ast.UnaryOp():
            parts = [node.operand]
        case ast.Compare():
            parts = [node.left, *node.comparators[:1]]
        case ast.Subscript():
            parts = [node.value, node.slice]
        case ast.Attribute():
            parts = [node.value]
    if any(isinstance(part, ast.Starred) for part in parts):
        parts = []
    texts = [ast.unparse(part)[:TEXT_LIMIT] for part in parts]
    return (texts + ["…"] * count)[:count], words


def described(value: Value) -> dict[str, object]:
    """What an argument is: a tensor with its shape, a list of tensors, a plain value, or nothing that is known."""
    hint = value.hint
    if isinstance(hint, TensorCell):
        return {"kind": "tensor", "shapes": [shape_record(hint.shape)], "dtypes": [hint.dtype], "value": ""}
    items = hint.items if isinstance(hint, ListObject) else hint if isinstance(hint, tuple) else ()
    cells = [item.hint for item in items if isinstance(item, Value) and isinstance(item.hint, TensorCell)]
    if cells and len(cells) == len(items):
        shapes = [shape_record(cell.shape) for cell in cells]
        return {"kind": "tensors", "shapes": shapes, "dtypes": [cell.dtype for cell in cells], "value": ""}
    if isinstance(hint, Unknown):
        return {"kind": "unknown", "shapes": [], "dtypes": [], "value": ""}
    literal = _literal(value)
    kind = "value" if literal is not None else "unknown"
    shown = literal if literal is not None else value_text(value)[:TEXT_LIMIT]
    return {"kind": kind, "shapes": [], "dtypes": [], "value": shown}


def _literal(value: Value) -> str | None:
    """A plain value as Python writes it; None for what is no literal."""
    hint = value.hint
    if isinstance(hint, Api):
        return repr(hint.name)
    if isinstance(hint, ListObject | tuple):
        items = hint.items if isinstance(hint, ListObject) else hint
        texts = [_literal(item) if isinstance(item, Value) else None for item in items]
        if any(text is None for text in texts):
            return None
        inside = ", ".join(text for text in texts if text is not None)
        return f"[{inside}]" if isinstance(hint, ListObject) else f"({inside}{',' if len(texts) == 1 else ''})"
    if plain(hint):
        return repr(hint)
    return None
