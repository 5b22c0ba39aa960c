"""How tightly expressions bind, and the symbols of operators."""

from __future__ import annotations

import ast
from enum import IntEnum

from codegen.writing.text.leaves import Split


class Level(IntEnum):
    """How tightly an expression binds; one that binds less tightly than its place asks for goes in brackets."""

    NAMED = 0
    TUPLE = 1
    YIELD = 2
    TEST = 3
    OR = 4
    AND = 5
    NOT = 6
    COMPARE = 7
    BIT_OR = 8
    BIT_XOR = 9
    BIT_AND = 10
    SHIFT = 11
    ARITH = 12
    TERM = 13
    FACTOR = 14
    POWER = 15
    AWAIT = 16
    ATOM = 17


BINARY: dict[type[ast.operator], tuple[str, Level, Split]] = {
    ast.BitOr: ("|", Level.BIT_OR, Split.OR),
    ast.BitXor: ("^", Level.BIT_XOR, Split.XOR),
    ast.BitAnd: ("&", Level.BIT_AND, Split.AND),
    ast.LShift: ("<<", Level.SHIFT, Split.SHIFT),
    ast.RShift: (">>", Level.SHIFT, Split.SHIFT),
    ast.Add: ("+", Level.ARITH, Split.ARITH),
    ast.Sub: ("-", Level.ARITH, Split.ARITH),
    ast.Mult: ("*", Level.TERM, Split.TERM),
    ast.MatMult: ("@", Level.TERM, Split.TERM),
    ast.Div: ("/", Level.TERM, Split.TERM),
    ast.FloorDiv: ("//", Level.TERM, Split.TERM),
    ast.Mod: ("%", Level.TERM, Split.TERM),
    ast.Pow: ("**", Level.POWER, Split.POWER),
}
UNARY: dict[type[ast.unaryop], str] = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Not: "not"}
COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
OPERATORS = (ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp)


def level_of(node: ast.expr) -> Level:
    """How tightly `node` binds as it will be written."""
    found = _LEVELS.get(node.__class__)
    if found is not None:
        return found
    match node:
        case ast.Tuple():
            return Level.ATOM if not node.elts or getattr(node, "parens", False) else Level.TUPLE
        case ast.BoolOp():
            return Level.OR if isinstance(node.op, ast.Or) else Level.AND
        case ast.UnaryOp():
            return Level.NOT if isinstance(node.op, ast.Not) else Level.FACTOR
        case ast.BinOp():
            return BINARY[type(node.op)][1]
        case ast.Constant() if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            return Level.FACTOR if str(node.value).startswith("-") else Level.ATOM
        case _:
            return Level.ATOM


_LEVELS: dict[type[ast.AST], Level] = {
    ast.Name: Level.ATOM,
    ast.Attribute: Level.ATOM,
    ast.Call: Level.ATOM,
    ast.NamedExpr: Level.NAMED,
    ast.Yield: Level.YIELD,
    ast.YieldFrom: Level.YIELD,
    ast.IfExp: Level.TEST,
    ast.Lambda: Level.TEST,
    ast.Starred: Level.TEST,
    ast.Compare: Level.COMPARE,
    ast.Await: Level.AWAIT,
}
"""Of expressions that bind alike whatever is in them; the commonest of all first."""
