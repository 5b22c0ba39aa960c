"""Little expressions of op files: sizes of weight letters (`x.C // groups`) and derived parameters (`kernel.O`).

Python syntax, closed vocabulary: names, `x.C`, `kernel[0]`, numbers, texts, tuples, + - * // %, comparisons,
`a if c else b` and the functions below. Sizes stay symbolic.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import cast

from pivot.dims import Dim, Size, ceil_div, dim_max, dim_min, product
from pivot.slots import NotationError

Lookup = Callable[[str, str | None], object]
"""Gives the value of a name (`groups`) or of an axis (`x`, `C`); raises NotationError where there is none."""

_PRIME = "_prime"


def evaluate_text(text: str, lookup: Lookup) -> object:
    """The value of one expression. Raises NotationError where it cannot be said."""
    return _evaluate(_parse(text), lookup)


def names_in(text: str) -> frozenset[str]:
    """All names an expression mentions (operands and parameters, not functions)."""
    tree = _parse(text)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called)


def derive_all(text: str) -> Mapping[str, str]:
    """`filters=kernel.O, bias=given(bias)` as parameter -> expression text."""
    tree = _parse(f"_({text})")
    if not isinstance(tree, ast.Call) or tree.args:
        raise NotationError("expected `parameter=expression, ...`")
    return {word.arg: ast.unparse(word.value) for word in tree.keywords if word.arg is not None}


@lru_cache(maxsize=4096)
def _parse(text: str) -> ast.expr:
    try:
        return ast.parse(text.replace("'", _PRIME) if _has_primes(text) else text, mode="eval").body
    except SyntaxError as error:
        raise NotationError(f"'{text}' is not an expression", (error.offset or 1) - 1) from None


def _has_primes(text: str) -> bool:
    """Whether the quotes in a text are primes of letters (x.H') and not quotation marks."""
    return any(c == "'" and i > 0 and text[i - 1].isupper() and "." in text[:i] for i, c in enumerate(text))


def _evaluate(node: ast.expr, lookup: Lookup) -> object:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return lookup(node.id, None)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return lookup(node.value.id, node.attr.replace(_PRIME, "'"))
    if isinstance(node, (ast.Tuple, ast.List)):
        return tuple(_evaluate(item, lookup) for item in node.elts)
    if isinstance(node, ast.Subscript):
        return _pick(_evaluate(node.value, lookup), _evaluate(node.slice, lookup))
    if isinstance(node, ast.BinOp):
        return _combine(node.op, _evaluate(node.left, lookup), _evaluate(node.right, lookup))
    if isinstance(node, ast.UnaryOp):
        value = _evaluate(node.operand, lookup)
        return not value if isinstance(node.op, ast.Not) else _combine(ast.Sub(), 0, value)
    if isinstance(node, ast.IfExp):
        return _evaluate(node.body if _evaluate(node.test, lookup) else node.orelse, lookup)
    if isinstance(node, ast.BoolOp):
        every = isinstance(node.op, ast.And)
        return (
            all(_evaluate(v, lookup) for v in node.values) if every else any(_evaluate(v, lookup) for v in node.values)
        )
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compare(node.ops[0], _evaluate(node.left, lookup), _evaluate(node.comparators[0], lookup))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _call(node.func.id, node.args, lookup)
    raise NotationError(f"'{ast.unparse(node)}' is not allowed here")


def _pick(value: object, index: object) -> object:
    if not isinstance(value, (tuple, list)) or not isinstance(index, int):
        raise NotationError("[ ] needs a tuple and a number")
    try:
        return value[index]
    except IndexError:
        raise NotationError(f"there is no entry {index}") from None


def _combine(operator: ast.operator, left: object, right: object) -> object:
    if isinstance(left, tuple) and isinstance(operator, ast.Add) and isinstance(right, tuple):
        return left + right
    if not isinstance(left, (int, float, Size)) or not isinstance(right, (int, float, Size)):
        raise NotationError("arithmetic needs numbers")
    a, b = cast("tuple[Dim, Dim]", (left, right))
    if isinstance(operator, ast.Add):
        return a + b
    if isinstance(operator, ast.Sub):
        return a - b
    if isinstance(operator, ast.Mult):
        return a * b
    if isinstance(operator, (ast.FloorDiv, ast.Mod)) and not (isinstance(b, int) and b == 0):
        return a // b if isinstance(operator, ast.FloorDiv) else a % b
    raise NotationError("only + - * // % are allowed, and no division by zero")


def _compare(operator: ast.cmpop, left: object, right: object) -> bool:
    if isinstance(operator, (ast.Eq, ast.Is)):
        return left == right
    if isinstance(operator, (ast.NotEq, ast.IsNot)):
        return left != right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        if isinstance(operator, ast.Lt):
            return left < right
        if isinstance(operator, ast.Gt):
            return left > right
        if isinstance(operator, ast.LtE):
            return left <= right
        if isinstance(operator, ast.GtE):
            return left >= right
    raise NotationError("these values cannot be compared")


def _call(name: str, arguments: Sequence[ast.expr], lookup: Lookup) -> object:
    values = [_evaluate(argument, lookup) for argument in arguments]
    first = values[0] if values else None
    if name == "given" and len(values) == 1:
        return first is not None
    if name in ("len", "prod", "rank") and len(values) == 1:
        shape = getattr(first, "shape", first)
        if isinstance(shape, (tuple, list)):
            return product(shape) if name == "prod" else len(shape)
        if name != "rank" and isinstance(shape, (int, Size)):
            return shape if name == "prod" else 1
    if name in ("min", "max", "ceil_div") and len(values) == 2:
        left, right = values
        if isinstance(left, (int, Size)) and isinstance(right, (int, Size)):
            return {"min": dim_min, "max": dim_max, "ceil_div": ceil_div}[name](left, right)
    raise NotationError(f"{name}() cannot be used like this")
