"""Padding in front of a convolution that looks back only, in the source's words."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from codegen.lower import Step


def causal(steps: list[Step], values: list[object], given: Mapping[str, ast.expr]) -> ast.expr | None:
    """`((kernel_size - 1) * dilation_rate, 0)`: as many places in front as a convolution looks back."""
    for step, value in zip(steps, values, strict=True):
        params = step.node.params if step.node is not None else {}
        (kernel,), (dilation,) = (one_number(params.get(name)) for name in ("kernel", "dilation"))
        if step.op.shape != "pad" or kernel is None or dilation is None or value != (dilation * (kernel - 1), 0):
            return None
    texts = [given.get("kernel_size"), given.get("dilation_rate")]
    if any(text is None or not isinstance(text, (ast.Name, ast.Attribute, ast.Constant)) for text in texts):
        return None
    kernel_text, dilation_text = texts
    assert kernel_text is not None and dilation_text is not None
    reach: ast.expr = ast.BinOp(kernel_text, ast.Sub(), ast.Constant(1))
    if isinstance(kernel_text, ast.Constant) and isinstance(kernel_text.value, int):
        reach = ast.Constant(kernel_text.value - 1)
    return ast.Tuple([ast.BinOp(reach, ast.Mult(), dilation_text), ast.Constant(0)], ast.Load())


def one_number(value: object) -> tuple[int | None]:
    """The only entry of a parameter that has one number per axis."""
    return (value[0],) if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], int) else (None,)
