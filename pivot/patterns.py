"""Patterns of forms that are no calls: `a + b`, `-x`, `x[index]`, `x.mT`."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from pivot.slots import NotationError

_OPERATORS: Mapping[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>", ast.Eq: "==", ast.NotEq: "!=",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.USub: "-x", ast.UAdd: "+x", ast.Invert: "~x",
    ast.Not: "not x",
}  # fmt: skip


def _pattern(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        raise NotationError(f"'{text}' is not an expression") from None


def pattern_operands(text: str) -> tuple[ast.expr, ...]:
    """The operands of an operator, index or attribute pattern, left to right."""
    node = _pattern(text)
    if isinstance(node, ast.BinOp):
        return node.left, node.right
    if isinstance(node, ast.UnaryOp):
        return (node.operand,)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return node.left, node.comparators[0]
    if isinstance(node, ast.Subscript):
        return node.value, node.slice
    if isinstance(node, ast.Attribute):
        return (node.value,)
    raise NotationError(f"'{text}' is not an operator, index or attribute pattern")


def pattern_name(spelling: str, text: str) -> str:
    """The name to find a form by: `+`, `-x`, `<`, `[]`, `mT`, `view`, `torch.nn.Conv2d`."""
    if spelling == "index":
        return "[]"
    if spelling == "attribute":
        return text.rpartition(".")[2]
    if spelling == "code":
        return code_function(text).name
    if spelling == "operator":
        node = _pattern(text)
        sign = (
            node.op
            if isinstance(node, (ast.BinOp, ast.UnaryOp))
            else node.ops[0]
            if isinstance(node, ast.Compare)
            else None
        )
        if sign is None or type(sign) not in _OPERATORS:
            raise NotationError(f"'{text}' is not an operator pattern")
        return _OPERATORS[type(sign)]
    return text


def code_function(text: str) -> ast.FunctionDef:
    """The one function that a piece of own target code defines; raises NotationError."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        why = error.msg if isinstance(error, SyntaxError) else "it is nested too deeply"
        raise NotationError(f"the code has a mistake in line {line or 1}: {why}") from None
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef):
        raise NotationError("the code must be one function: def name(x): ...")
    return body[0]
