"""Names that only the main block, or a function that shows a model, binds: `cfg = Config()`, then `Net(cfg)`.

An entry is one expression, so what such a name stands for takes its place: `Net(Config())`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence, Set
from copy import deepcopy
from typing import TypeAlias

from pivot.reading.parsed_arguments import Given, as_namespace

Parsed: TypeAlias = Callable[[str], Given | None]
"""The command line's arguments that a name holds; None for every other name."""

LIMIT = 2_000  # syntax nodes of an entry: names that stand for each other would grow it without end


def own_statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block in their order, also those under `with`, `try` and `if`."""
    for statement in body:
        yield statement
        if isinstance(statement, (ast.With, ast.Try, ast.If)):
            yield from own_statements(statement.body)


def bound_here(body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.expr | None, ast.stmt]]:
    """Each name that a block binds, the expression that it stands for (None: no single one), and the statement."""
    for statement in own_statements(body):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, statement.value, statement
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from pairs(target, statement.value, statement)
        elif isinstance(statement, (ast.For, ast.AugAssign)):
            yield from pairs(statement.target, None, statement)


def pairs(
    target: ast.expr, value: ast.expr | None, statement: ast.stmt
) -> Iterator[tuple[str, ast.expr | None, ast.stmt]]:
    """`a, b = 1, 2` binds `a` to 1 and `b` to 2; `cfg.size = 3` changes `cfg`."""
    if isinstance(target, ast.Name):
        yield target.id, value, statement
    elif isinstance(target, (ast.Tuple, ast.List)):
        same = isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts)
        for place, inner in enumerate(target.elts):
            yield from pairs(inner, value.elts[place] if same else None, statement)  # type: ignore[union-attr]
    elif isinstance(target, (ast.Attribute, ast.Subscript, ast.Starred)):
        yield from pairs(target.value, None, statement)


def inlined(
    call: ast.expr, body: Sequence[ast.stmt], known: Set[str], parsed: Parsed, shares: Callable[[ast.expr], bool]
) -> ast.expr:
    """An expression with what the block binds in the place of its names; names in `known` stay, and those that stand
    for no single expression. An object that `shares` (its constructor is given) and stands at two places is bound once:
    `(lambda emb: Net(Encoder(emb), Decoder(emb)))(Embedding())`. `parsed`: the command line's arguments.
    """
    before = []
    perhaps = set(map(id, undecided(call, body)))
    for name, value, statement in bound_here(body):
        if any(node is call for node in ast.walk(statement)):
            break
        before.append((name, None if id(statement) in perhaps else value, statement))
    inliner = Inliner(before, known, parsed)
    made = inliner.visit(deepcopy(call))
    if inliner.size > LIMIT:
        return call
    again = [name for name, count in inliner.used.items() if count > 1 and makes(inliner.values[name], shares)]
    if again:
        made = Inliner(before, known | set(again), parsed).visit(deepcopy(call))
        spec = ast.arguments([], [ast.arg(name) for name in again], None, [], [], None, [])
        made = ast.Call(
            ast.Lambda(spec, made), [Inliner(before, known, parsed).visit(inliner.values[n]) for n in again], []
        )
    assert isinstance(made, ast.expr)
    return made


def undecided(call: ast.expr, body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """What stands under conditions that the call does not stand under: nobody can tell whether it is done."""
    for statement in own_statements(body):
        if isinstance(statement, ast.If) and not any(node is call for node in ast.walk(statement)):
            yield from ast.walk(statement)


class Inliner(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, bound: Sequence[tuple[str, ast.expr | None, ast.stmt]], known: Set[str], parsed: Parsed) -> None:
        self.bound, self.known, self.parsed = bound, known, parsed
        self.used: dict[str, int] = {}
        self.values: dict[str, ast.expr] = {}
        self.size = 0

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Name) and node.value.id not in self.known:
            given = self.parsed(node.value.id)
            if given is not None:  # what is not known of it is named where it is asked for
                return deepcopy(given[node.attr]) if node.attr in given else node
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        given = self.parsed(node.id) if node.id not in self.known else None
        if given is not None:
            return as_namespace(given)
        mine = [place for place, (name, _, _) in enumerate(self.bound) if name == node.id]
        value = self.bound[mine[-1]][1] if mine and node.id not in self.known else None
        changed = any(isinstance(self.bound[place][2], (ast.For, ast.AugAssign)) for place in mine)
        if value is None or changed or self.size > LIMIT or reads_machine(value):
            return node
        self.size += sum(1 for _ in ast.walk(value))
        self.used[node.id], self.values[node.id] = self.used.get(node.id, 0) + 1, value
        inner = Inliner(self.bound[: mine[-1]], self.known, self.parsed)
        inner.used, inner.values, inner.size = self.used, self.values, self.size
        made = inner.visit(deepcopy(value))
        self.size = inner.size
        assert isinstance(made, ast.expr)
        return made

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        return node  # its own names hide others


def reads_machine(value: ast.expr) -> bool:
    """Does an expression ask the command line: `parser.parse_args()`?"""
    return any(isinstance(n, ast.Attribute) and n.attr.startswith("parse_") for n in ast.walk(value))


def makes(value: ast.expr, shares: Callable[[ast.expr], bool]) -> bool:
    """Does an expression make an object that has to stay one where its name stands twice?"""
    return any(shares(node.func) for node in ast.walk(value) if isinstance(node, ast.Call))
