"""Own target code: a function that an op file brings along, in the words of the target framework.

It is never run here. The target file gets it as it stands, and reading that file back takes a call of it for the op.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping

from pivot.patterns import code_function

SHORT: Mapping[str, Mapping[str, str]] = {
    "keras": {"ops": "keras.ops", "layers": "keras.layers"},
    "torch": {"F": "torch.nn.functional", "nn": "torch.nn"},
    "flax": {},
}
"""The names that code may use without importing them, beside the framework's own."""


def canonical(node: ast.FunctionDef, framework: str) -> ast.FunctionDef:
    """The function with the framework's short names written out; what it binds itself stays."""
    bound = {arg.arg for n in ast.walk(node) if isinstance(n, ast.arguments) for arg in _arguments(n)}
    bound |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    made = copy.deepcopy(node)
    _Longer({k: v for k, v in SHORT[framework].items() if k not in bound}).generic_visit(made)
    return ast.fix_missing_locations(made)


def is_same(node: ast.AST, text: str, framework: str) -> bool:
    """Is a function of a file the one of an op file, however its names are imported there?"""
    if not isinstance(node, ast.FunctionDef):
        return False
    return ast.unparse(canonical(node, framework)) == ast.unparse(canonical(code_function(text), framework))


def parameters(text: str) -> tuple[str, ...]:
    """The names of the function's parameters, in order; raises NotationError."""
    return tuple(arg.arg for arg in _arguments(code_function(text).args))


def _arguments(spec: ast.arguments) -> list[ast.arg]:
    extra = [arg for arg in (spec.vararg, spec.kwarg) if arg is not None]
    return [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *extra]


class _Longer(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        long = self.names.get(node.id)
        return node if long is None else ast.parse(long, mode="eval").body
