"""Simple tests of parameters, and their contraries."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from codegen.rolling.unify import ANY
from codegen.writing import nodes

Vector = tuple[object, ...]
FEW = 4  # values of a parameter that are compared


def decides(values: Vector) -> bool:
    """Is this a parameter that decides something, rather than one that counts?"""
    return len({repr(value) for value in values}) < FEW


def negated(test: ast.expr) -> ast.expr:
    """The contrary of a test."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in CONTRARY:
        return ast.Compare(test.left, [CONTRARY[type(test.ops[0])]()], test.comparators)
    return ast.UnaryOp(ast.Not(), test)


CONTRARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


def comparisons(tables: Mapping[str, Vector]) -> Iterator[ast.expr]:
    """Simple tests of parameters: `flag`, `stride == 2`, `stride != 1`, `in_channels == filters`."""
    ordered = sorted(tables.items(), key=lambda item: any(isinstance(v, str) for v in item[1]))
    for name, values in ordered:
        if any(isinstance(v, (list, dict, set)) for v in values):
            continue
        known = list(dict.fromkeys(v for v in values if v is not ANY))
        if all(isinstance(v, bool) for v in known):
            yield ast.Name(name, ast.Load())
            yield ast.UnaryOp(ast.Not(), ast.Name(name, ast.Load()))
        elif len(known) <= FEW:
            for value in known:
                one, other = (ast.Is, ast.IsNot) if value is None else (ast.Eq, ast.NotEq)
                for operator in (one, other):
                    yield ast.Compare(ast.Name(name, ast.Load()), [operator()], [nodes.literal(value)])
    numbers = [n for n, values in tables.items() if all(isinstance(v, int) and not isinstance(v, bool) for v in values)]
    for place, one_name in enumerate(numbers):
        for other_name in numbers[place + 1 :]:
            for operator in (ast.Eq, ast.NotEq):
                yield ast.Compare(ast.Name(one_name, ast.Load()), [operator()], [ast.Name(other_name, ast.Load())])
