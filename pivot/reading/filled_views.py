"""`x[a:b].zero_()` is `x[a:b] = 0`: a part of a tensor that a method fills is read as a store into it."""

from __future__ import annotations

import ast

FILLS = ("zero_", "fill_", "copy_")


def stores_for_fills(text: str, tree: ast.Module) -> ast.Module:
    """The tree with a store for each statement that fills a slice; `text` is what it was parsed from.

    Only slices: of what a list or a tensor of places picks, a tensor gives a copy, and items of a list are no views.
    """
    return Fills().visit(tree) if any(f"].{name}(" in text for name in FILLS) else tree


class Fills(ast.NodeTransformer):
    """Puts assignments in the place of calls."""

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        call = node.value
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.keywords:
            return node
        part, name = call.func.value, call.func.attr
        if name not in FILLS or len(call.args) != (name != "zero_") or not is_slice(part):
            return node
        assert isinstance(part, ast.Subscript)
        value = call.args[0] if call.args else ast.copy_location(ast.Constant(0), call)
        target = ast.copy_location(ast.Subscript(part.value, part.slice, ast.Store()), part)
        return ast.copy_location(ast.Assign([target], value), node)


def is_slice(part: ast.expr) -> bool:
    """`x[1:]`, `x[..., :2, 0]`: an index of slices and numbers with a slice among them."""
    if not isinstance(part, ast.Subscript):
        return False
    items = part.slice.elts if isinstance(part.slice, ast.Tuple) else [part.slice]
    plain = all(isinstance(i, ast.Slice) or (isinstance(i, ast.Constant) and i.value is not None) for i in items)
    return plain and any(isinstance(i, ast.Slice) for i in items)
