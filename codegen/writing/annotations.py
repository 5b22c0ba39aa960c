"""Annotations: Python's own and the program's stay, those of the source framework get their counterpart or go."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from codegen.writing import nodes
from pivot.reading import lookup
from pivot.reading.parsed import copied
from pivot.reading.values import ClassObject

if TYPE_CHECKING:
    from codegen.writing.writer import Writer


def write_annotation(w: Writer, node: ast.expr | None, file: str) -> ast.expr | None:
    """The annotation, or None where a part of it has no counterpart."""
    if node is None:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            made = part(w, ast.parse(node.value, mode="eval").body, file)
        except SyntaxError:
            return None
        later = made is not None and any(is_class(w, n, file) for n in ast.walk(made) if isinstance(n, ast.Name))
        return ast.Constant(ast.unparse(made)) if made is not None and later else made
    return part(w, copied(node), file)


def is_class(w: Writer, node: ast.Name, file: str) -> bool:
    """Does a name stand for a class of the program, which may be bound later than the annotation is read?"""
    scope = w.scope_of(file)
    value = lookup.in_module(w.ev, scope, node.id) if scope is not None else None
    return value is not None and isinstance(value.hint, ClassObject)


def part(w: Writer, node: ast.expr, file: str) -> ast.expr | None:
    """One part of an annotation."""
    if isinstance(node, (ast.Name, ast.Attribute)):
        return named(w, node, file)
    if isinstance(node, ast.Subscript):
        value, index = part(w, node.value, file), part(w, node.slice, file)
        return ast.Subscript(value, index, ast.Load()) if value is not None and index is not None else None
    if isinstance(node, (ast.Tuple, ast.List)):
        parts = [part(w, e, file) for e in node.elts]
        if any(p is None for p in parts):
            return None
        return type(node)([p for p in parts if p is not None], ast.Load())
    if isinstance(node, ast.BinOp):
        left, right = part(w, node.left, file), part(w, node.right, file)
        return ast.BinOp(left, node.op, right) if left is not None and right is not None else None
    return node if isinstance(node, ast.Constant) else None


def named(w: Writer, node: ast.Name | ast.Attribute, file: str) -> ast.expr | None:
    """A name in an annotation."""
    api = w.static_api(node, file, set())
    if api is not None:
        kind = w.source.kinds.get(api.name)
        if kind is not None and kind in w.target.names:
            return nodes.name(w.target.names[kind])
        if api.root in ("typing", "collections", "numbers"):
            return node
        if any(form.kind == "layer" for form in w.opset.find(w.source_framework, "call", api.name)):
            return nodes.name(w.target.names["module"])
        return None
    if not isinstance(node, ast.Name):
        return None
    if hasattr(builtins, node.id):
        return node
    scope = w.scope_of(file)
    value = lookup.in_module(w.ev, scope, node.id) if scope is not None else None
    if value is not None and isinstance(value.hint, ClassObject):
        if not w.definitions.can_write(value.hint):
            return None
        return node
    return None
