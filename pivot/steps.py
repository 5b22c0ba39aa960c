"""Steps of a decomposition (`body`): `y = conv2d(p, padding=0)`, `y, h = lstm(x, h0, units=units)`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TypeAlias

from pivot.slots import Coded, Literal, NotationError, Path


@dataclass(frozen=True, slots=True)
class Computed:
    """A parameter of a step by arithmetic: `units=2*units`."""

    text: str


StepValue: TypeAlias = Path | Literal | Coded | Computed
StepOperand: TypeAlias = str | tuple[str, ...] | int | float | bool | None
"""A name of an input, weight or former result; a list of names; a plain number; None."""


@dataclass(frozen=True, slots=True)
class Step:
    """`results = op(operands, params)`; operands given by name stand in `named` (among the params until the op is
    known).
    """

    results: tuple[str, ...]
    op: str
    operands: tuple[StepOperand, ...]
    params: tuple[tuple[str, StepValue], ...]


def parse_step(text: str) -> Step:
    """One step; raises NotationError."""
    try:
        module = ast.parse(text.strip())
    except SyntaxError as error:
        raise NotationError(f"'{text}' is not a step", (error.offset or 1) - 1) from None
    statement = module.body[0] if len(module.body) == 1 else None
    if (
        not isinstance(statement, ast.Assign)
        or len(statement.targets) != 1
        or not isinstance(statement.value, ast.Call)
    ):
        raise NotationError(f"'{text}' is not `name = op(operands, param=value)`")
    call = statement.value
    if not isinstance(call.func, ast.Name):
        raise NotationError(f"'{ast.unparse(call.func)}' is not an op")
    target = statement.targets[0]
    names = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
    results = tuple(name.id for name in names if isinstance(name, ast.Name))
    if len(results) != len(names):
        raise NotationError(f"'{ast.unparse(target)}' must be names")
    operands = tuple(_operand(node) for node in call.args)
    params = tuple((word.arg, _value(word.value)) for word in call.keywords if word.arg is not None)
    return Step(results, call.func.id, operands, params)


def _operand(node: ast.expr) -> StepOperand:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, (ast.List, ast.Tuple)) and all(isinstance(item, ast.Name) for item in node.elts):
        return tuple(item.id for item in node.elts if isinstance(item, ast.Name))
    try:
        value = ast.literal_eval(node)
    except ValueError:
        value = NotImplemented
    if value is None or isinstance(value, (bool, int, float)):
        return value
    raise NotationError(f"'{ast.unparse(node)}' cannot be an operand of a step")


def _value(node: ast.expr) -> StepValue:
    if isinstance(node, ast.Name):
        return Path(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return Path(node.value.id, None, node.attr)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.args
        and isinstance(node.args[0], ast.Name)
    ):
        rest = tuple(_reference(item) for item in node.args[1:])
        if node.func.id not in ("len", "rank", "prod", "min", "max", "given", "ceil_div"):
            return Coded(node.func.id, Path(node.args[0].id), rest)
    try:
        return Literal(ast.literal_eval(node))
    except ValueError:
        return Computed(ast.unparse(node))


def _reference(node: ast.expr) -> Path | Literal:
    value = _value(node)
    if isinstance(value, (Path, Literal)):
        return value
    raise NotationError(f"'{ast.unparse(node)}' cannot be an argument of a codec")
