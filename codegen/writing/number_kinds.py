"""What a program asks about number kinds: their limits, the framework's own kind, whether a kind has fractions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from pivot.reading.trace import Visit

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions

KIND = "torch.dtype."


def number_kind(e: Expressions, node: ast.expr, visits: list[Visit]) -> ast.expr | None:
    """A question about a number kind in the target's words; None for everything else."""
    name = visits[0].name
    if name in ("torch.finfo", "torch.iinfo") and isinstance(node, ast.Call):
        return limits_of(e, node, name)
    if name == "torch.get_default_dtype":
        return nodes.call("keras.config.floatx")
    if name.startswith(KIND) and isinstance(node, ast.Attribute):
        owner = e.expr(node.value)
        answer = visits[0].result.hint if visits[0].result is not None else None
        if nodes.has_gone(owner) and isinstance(answer, bool):
            return ast.Constant(answer)
        word = ast.Constant(name.removeprefix(f"{KIND}is_").removesuffix("ing_point"))
        if nodes.is_constant(owner):
            return ast.Constant(answer is True)
        return ast.Compare(word, [ast.In()], [nodes.call("keras.backend.standardize_dtype", [owner])])
    return None


def limits_of(e: Expressions, node: ast.Call, name: str) -> ast.expr:
    """`torch.finfo(x.dtype)`: NumPy's, of the kind's name."""
    e.w.imports["np"] = ("numpy", None)
    kinds = [e.expr(a) for a in (*node.args, *(k.value for k in node.keywords))] or [ast.Constant("float32")]
    if not nodes.is_constant(kinds[0]):
        kinds = [nodes.call("keras.backend.standardize_dtype", kinds)]
    return nodes.call(name.replace("torch.", "np."), kinds)
