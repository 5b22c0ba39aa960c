"""What a constructor says again and again gets a name: `hidden = expansion * in_channels`.

The name is that of the source's variable with these values. Without one, what is said very often is `hidden`, a number
of channels that layers give and take, or `out_channels`, one that they only give.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence

from codegen.rolling.explaining import FUNCTIONS, Parameter, Vector, evaluate, same
from codegen.rolling.unify import names_in

OFTEN = 4  # so often an expression is said in one constructor before it gets a name that the source does not have


def named(lines: list[ast.stmt], parameters: Sequence[Parameter], known: Mapping[str, Vector]) -> list[ast.stmt]:
    """The statements of a constructor, with repeated arithmetic of its parameters said once, in front of its use."""
    own = {parameter.name for parameter in parameters}
    count: dict[str, list[ast.expr]] = {}
    for line in lines:
        for part in expressions(line, own):
            count.setdefault(ast.dump(part), []).append(part)
    taken = own | {name for line in lines for name in names_in(line)}
    for parts in count.values():
        name = named_by_source(parts[0], parameters, known) if len(parts) > 1 else None
        if name is None and len(parts) >= OFTEN:
            name = "hidden" if gives_and_takes(lines, parts) else "out_channels"
        if name is None or name in taken:
            continue
        taken.add(name)
        chosen = {id(part) for part in parts}
        first = next(n for n, line in enumerate(lines) if any(id(part) in chosen for part in ast.walk(line)))
        said = ast.Assign([ast.Name(name, ast.Store())], copy.deepcopy(parts[0]))
        for line in lines:
            Naming(chosen, name).visit(line)
        lines = [*lines[:first], said, *lines[first:]]
    return lines


def expressions(line: ast.AST, own: set[str]) -> Iterator[ast.expr]:
    """The largest sums, products and calls of functions of numbers, over parameters alone."""
    for child in ast.iter_child_nodes(line):
        if isinstance(child, ast.BinOp) or is_of_numbers(child):
            parts = [part for part in ast.walk(child) if isinstance(part, ast.expr)]
            plain = all(isinstance(part, (ast.BinOp, ast.Name, ast.Constant)) or is_of_numbers(part) for part in parts)
            names = set(names_in(child)) - set(FUNCTIONS)
            if plain and names and names <= own:
                yield child  # type: ignore[misc]
                continue
        yield from expressions(child, own)


def is_of_numbers(node: ast.AST) -> bool:
    """Is this a call such as `max(1, n)`?"""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS


def gives_and_takes(lines: Sequence[ast.stmt], parts: Sequence[ast.expr]) -> bool:
    """Does a layer take so many channels (its first argument) and another give so many (its second)?"""
    wanted = ast.dump(parts[0])
    calls = [node for line in lines for node in ast.walk(line) if isinstance(node, ast.Call) and len(node.args) > 1]
    firsts = any(ast.dump(call.args[0]) == wanted for call in calls)
    return firsts and any(ast.dump(call.args[1]) == wanted for call in calls)


def named_by_source(text: ast.expr, parameters: Sequence[Parameter], known: Mapping[str, Vector]) -> str | None:
    """The source's variable that has the values of an expression over the parameters at every call."""
    tables = zip(*(parameter.values for parameter in parameters), strict=True)
    names = [parameter.name for parameter in parameters]
    values = [evaluate(text, dict(zip(names, table, strict=True))) for table in tables]
    if not values:
        return None
    found = (name for name, vector in known.items() if name not in names and all(map(same, vector, values)))
    return next(found, None)


class Naming(ast.NodeTransformer):
    """Puts a name for chosen expressions."""

    def __init__(self, chosen: set[int], name: str) -> None:
        self.chosen, self.name = chosen, name

    def visit(self, node: ast.AST) -> ast.AST:
        if id(node) in self.chosen:
            return ast.Name(self.name, ast.Load())
        made: ast.AST = super().visit(node)
        return made
