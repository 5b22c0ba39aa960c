"""Program text in which chosen sites record their values: `__pivot_record__(key, value)` around each."""

from __future__ import annotations

import ast
from collections.abc import Iterable


def site_key(node: ast.AST) -> str:
    """The name of a site by its place in the text."""
    return f"{getattr(node, 'lineno', 0)}.{getattr(node, 'col_offset', 0)}-{getattr(node, 'end_lineno', 0)}.{getattr(node, 'end_col_offset', 0)}"


class _Wrap(ast.NodeTransformer):
    def __init__(self, keys: set[str]) -> None:
        self.keys = keys

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        readable = isinstance(node, (ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript, ast.Attribute))
        stored = isinstance(getattr(node, "ctx", ast.Load()), (ast.Store, ast.Del))
        if readable and not stored and site_key(node) in self.keys:
            assert isinstance(node, ast.expr)
            record = ast.Call(ast.Name("__pivot_record__", ast.Load()), [ast.Constant(site_key(node)), node], [])
            return ast.copy_location(record, node)
        return node


def probed_text(text: str, sites: Iterable[ast.AST]) -> str:
    """`text` with the sites wrapped; unchanged where there are none."""
    keys = {site_key(node) for node in sites}
    if not keys:
        return text
    tree = _Wrap(keys).visit(ast.parse(text))
    return ast.unparse(ast.fix_missing_locations(tree))
