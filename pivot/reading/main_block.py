"""What stands under `if __name__ == "__main__":`."""

from __future__ import annotations

import ast


def main_block(tree: ast.Module) -> list[ast.stmt]:
    """The statements under `if __name__ == "__main__":`."""
    return next((block for node in tree.body if (block := main_block_of(node)) is not None), [])


def main_block_of(node: ast.stmt) -> list[ast.stmt] | None:
    """The statements of the main block; None for another statement."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and isinstance(node.test.left, ast.Name):
        return node.body if node.test.left.id == "__name__" else None
    return None
