"""Equal trees but for their numbers: which constants of a class differ from call to call, and how."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from codegen.writing import nodes


class Any(Enum):
    """Stands for what a call does not need: equal to everything."""

    ANY = "any"


ANY = Any.ANY


@dataclass(slots=True, eq=False)
class Hole:
    """A constant that differs: its value at each call, and the argument it is."""

    values: tuple[object, ...]
    keyword: str = ""
    name: str = ""  # the placeholder that stands for it


def skeleton(tree: ast.AST) -> str:
    """A text that is equal for trees that differ in constants and in optional arguments only."""
    return ast.dump(Blank().visit(copy.deepcopy(tree)))


class Blank(ast.NodeTransformer):
    """Constants become one mark; keyword arguments that are constants go."""

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and nodes.is_constant(node):
            return ast.Constant(None)
        made: ast.AST = super().visit(node)
        return made

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.keywords = [k for k in node.keywords if not nodes.is_constant(k.value)]
        return self.generic_visit(node)


def unify(
    trees: Sequence[ast.expr], defaults: dict[str, object], holes: list[Hole], places: Sequence[str] = ()
) -> ast.expr | None:
    """One tree for trees of equal skeletons; None where an argument is left out that has no known default.

    `defaults`: what arguments are where they are left out, by keyword; `places`: the names of positional ones. New
    holes are added to `holes`.
    """
    return Unifier(defaults, holes, places).tree(list(trees), "")


class Unifier:
    """Walks trees side by side."""

    def __init__(self, defaults: dict[str, object], holes: list[Hole], places: Sequence[str]) -> None:
        self.defaults, self.holes, self.places = defaults, holes, places

    def tree(self, trees: list[ast.expr], keyword: str) -> ast.expr | None:
        """One expression."""
        first = trees[0]
        if all(nodes.is_constant(t) for t in trees):
            values = tuple(ast.literal_eval(t) for t in trees)
            return self.constant(first, values, keyword)
        if any(type(t) is not type(first) for t in trees):
            return None
        if isinstance(first, ast.Call):
            return self.call([t for t in trees if isinstance(t, ast.Call)], keyword)
        made = copy.copy(first)
        for name, value in ast.iter_fields(first):
            others = [getattr(t, name) for t in trees]
            if isinstance(value, ast.expr):
                part = self.tree(others, keyword)
                if part is None:
                    return None
                setattr(made, name, part)
            elif isinstance(value, list) and value and isinstance(value[0], ast.expr):
                parts = [self.tree(list(column), keyword) for column in zip(*others, strict=True)]
                if any(p is None for p in parts):
                    return None
                setattr(made, name, parts)
            elif any(ast.dump(o) != ast.dump(value) for o in others) if isinstance(value, ast.AST) else False:
                return None
        return made

    def call(self, trees: list[ast.Call], keyword: str) -> ast.expr | None:
        """A call: positional arguments in their places, keywords by name."""
        func = self.tree([t.func for t in trees], keyword)
        if func is None or len({len(t.args) for t in trees}) != 1:
            return None
        columns = list(zip(*(t.args for t in trees), strict=True))
        places = [*self.places, *[""] * len(columns)] if not keyword else [""] * len(columns)
        args = [self.tree(list(column), place) for column, place in zip(columns, places, strict=False)]
        names = list(dict.fromkeys(k.arg for t in trees for k in t.keywords))
        kwargs: list[ast.keyword] = []
        for name in names:
            given = [next((k.value for k in t.keywords if k.arg == name), None) for t in trees]
            if any(g is None for g in given):
                if name is None or name not in self.defaults:
                    return None
                given = [g if g is not None else nodes.literal(self.defaults[name]) for g in given]
            made = self.tree([g for g in given if g is not None], name or "")
            if made is None:
                return None
            kwargs.append(ast.keyword(name, made))
        if any(a is None for a in args):
            return None
        return ast.Call(func, [a for a in args if a is not None], kwargs)

    def constant(self, first: ast.expr, values: tuple[object, ...], keyword: str) -> ast.expr:
        """A constant that is the same everywhere, or a hole."""
        values = tuple(map(short, values)) if any(isinstance(v, int) for v in values) else values
        if all(type(v) is type(values[0]) and v == values[0] for v in values):
            return copy.deepcopy(first)
        hole = Hole(values, keyword, f"_h{len(self.holes)}")
        self.holes.append(hole)
        return ast.Name(hole.name, ast.Load())


def short(value: object) -> object:
    """`(1, 1)` as `1`, where other calls say one number for all axes."""
    if isinstance(value, tuple) and value and len(set(value)) == 1 and isinstance(value[0], int):
        return value[0]
    return value


def names_in(tree: ast.AST) -> Iterator[str]:
    """Names that are read in a tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
