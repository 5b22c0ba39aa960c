"""Masks that Keras hands on beside the tensors, said in the text of a program: edits of its syntax trees.

    x = self.embed(ids)              mask = self.embed.compute_mask(ids)
    x = self.lstm(x)           ->    x = self.embed(ids)
                                     x = self.lstm(x, mask=mask)

What is new stands where the call stands that it belongs to, so that everything else keeps its place.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pivot.reading.walking import walk

AnyNode = TypeVar("AnyNode", bound=ast.AST)
Place = tuple[str, int, int, int, int]
"""Kind, line, column, end line and end column of a syntax node: the same in every tree of one text."""
Names = str | None | tuple["Names", ...]
"""A mask by the name that it has in a function; None where there is none; several of them."""


@dataclass(frozen=True, slots=True)
class Made:
    """In front of the statement of the call at `before`: `name = owner.compute_mask(argument)`.

    `owner` and `argument` are expressions as text; `argument` None: the first one of the call itself.
    """

    before: Place
    name: str
    owner: str
    argument: str | None


@dataclass(slots=True)
class Edits:
    """What is said of masks in one file."""

    made: set[Made] = field(default_factory=set)
    taken: set[tuple[Place, str]] = field(default_factory=set)  # by function: the names of new parameters
    told: dict[tuple[Place, str], Names] = field(default_factory=dict)  # by call and keyword: what it is told


def place_of(node: ast.AST) -> Place:
    """Where a node stands in its file."""
    names = ("lineno", "col_offset", "end_lineno", "end_col_offset")
    line, column, end_line, end_column = (int(node.__dict__.get(name) or 0) for name in names)
    return (type(node).__name__, line, column, end_line, end_column)


def apply(tree: ast.Module, edits: Edits) -> None:
    """Say the masks in a file's own tree."""
    told: dict[Place, list[tuple[str, Names]]] = {}
    for (place, keyword), names in edits.told.items():
        told.setdefault(place, []).append((keyword, names))
    made: dict[Place, list[Made]] = {}
    for one in sorted(edits.made, key=lambda m: m.name):
        made.setdefault(one.before, []).append(one)
    for node in list(ast.walk(tree)):
        if isinstance(node, ast.FunctionDef):
            for name in sorted(name for place, name in edits.taken if place == place_of(node)):
                take(node, name)
            insert(node.body, made)
        elif isinstance(node, ast.Call):
            place = place_of(node)
            for keyword, names in sorted(told.get(place, ())):
                tell(node, keyword, names)


def take(node: ast.FunctionDef, name: str) -> None:
    """One more parameter that may be left out."""
    parameter = ast.copy_location(ast.arg(name), node)
    nothing = ast.copy_location(ast.Constant(None), node)
    if node.args.vararg is not None or node.args.kwonlyargs:
        node.args.kwonlyargs.append(parameter)
        node.args.kw_defaults.append(nothing)
    else:
        node.args.args.append(parameter)
        node.args.defaults.append(nothing)


def tell(call: ast.Call, keyword: str, names: Names) -> None:
    """One more argument of a call, in place of one of that name that says None."""
    call.keywords = [k for k in call.keywords if k.arg != keyword]
    call.keywords.append(located(ast.keyword(keyword, said(names)), call))


def said(names: Names) -> ast.expr:
    """Masks as an expression."""
    if isinstance(names, tuple):
        return ast.List([said(name) for name in names], ast.Load())
    return ast.Constant(None) if names is None else ast.Name(names, ast.Load())


def insert(body: list[ast.stmt], made: Mapping[Place, list[Made]]) -> None:
    """Masks in front of the statements that make their tensors, in a block and the blocks inside."""
    place = 0
    while place < len(body):
        statement = body[place]
        inner = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
        inner += [handler.body for handler in getattr(statement, "handlers", [])]
        within = {id(n) for block in inner for part in block for n in walk(part)}
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            place += 1
            continue
        new: list[ast.stmt] = []
        for node in [n for n in walk(statement) if isinstance(n, ast.Call) and id(n) not in within]:
            for one in made.get(place_of(node), ()):
                new.extend(statements_of(one, node))
        for block in inner:
            insert(block, made)
        if new:
            carry_comments(statement, new[0])
        body[place:place] = new
        place += len(new) + 1


def statements_of(one: Made, call: ast.Call) -> list[ast.stmt]:
    """The statement that makes a mask; in front of it one that names what the call is given, where that is no name."""
    owner = placed(one.owner, call)
    new: list[ast.stmt] = []
    if one.argument is not None:
        argument = placed(one.argument, call)
    else:
        argument = given = call.args[0] if call.args else call.keywords[0].value
        if not is_plain(given):
            name = ast.Name(f"{one.name}ed_inputs", ast.Load())
            new.append(located(ast.Assign([ast.Name(name.id, ast.Store())], given), call))
            if call.args:
                call.args[0] = located(name, call)
            else:
                call.keywords[0].value = located(name, call)
            argument = name
    asked = ast.Call(ast.Attribute(owner, "compute_mask", ast.Load()), [copy.deepcopy(argument)], [])
    return [*new, located(ast.Assign([ast.Name(one.name, ast.Store())], asked), call)]


def is_plain(node: ast.expr) -> bool:
    """Does an expression give the same again: a name, an attribute, an item of one?"""
    if isinstance(node, ast.Attribute):
        return is_plain(node.value)
    if isinstance(node, ast.Subscript):
        return is_plain(node.value) and isinstance(node.slice, ast.Constant)
    return isinstance(node, ast.Name)


def located(node: AnyNode, at: ast.AST) -> AnyNode:
    """New syntax, at the place of what it belongs to."""
    for part in ast.walk(node):
        if "lineno" not in part.__dict__ and "lineno" in part._attributes:
            ast.copy_location(part, at)
    return node


def placed(text: str, at: ast.AST) -> ast.expr:
    """An expression from its text, at the place of what it belongs to."""
    made = ast.parse(text, mode="eval").body
    for part in ast.walk(made):
        if "lineno" in part._attributes:
            ast.copy_location(part, at)
    return made


def carry_comments(statement: ast.stmt, first: ast.stmt) -> None:
    """The lines above a statement stand above what is in front of it now."""
    for extra in ("before", "blank"):
        if extra in statement.__dict__:
            first.__dict__[extra] = statement.__dict__.pop(extra)


def names_in(node: ast.AST) -> Iterable[str]:
    """The names that a function binds or reads."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.arg):
            yield part.arg
