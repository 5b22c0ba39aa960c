"""What tells the calls of a helper apart: the source's own test, a comparison of parameters, or a new parameter."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence

from codegen.rolling.bodies import Choice, Entry
from codegen.rolling.comparing import comparisons, decides, negated
from codegen.rolling.explaining import Explainer, Parameter, evaluate
from codegen.rolling.groups import Group, Leaf
from codegen.rolling.sources import FunctionNode
from codegen.rolling.unify import ANY, names_in
from pivot.slots import MISSING

Vector = tuple[object, ...]


def tell(choice: Choice, explainer: Explainer, fallback: str) -> ast.expr:
    """A test over the parameters of the constructor that holds at the right calls."""
    function = explainer.bodies[0].group.function
    tables = {**explainer.locals, **explainer.settings, **{p.name: p.values for p in explainer.made.values()}}
    entries = [*choice.then, *choice.orelse]
    groups = [body.group for body in explainer.bodies]
    tests = list(source_tests(function.node if function is not None else None, entries, groups))
    known = {name: tables[name] for name in explainer.made}
    plain = [t for t in tests if all(name in known or decides(tables.get(name, ())) for name in names_in(t))]
    for text in (*both(plain), *comparisons(known), *both(tests), *comparisons(tables)):
        if holds(text, tables, choice.holds):
            return used(text, explainer)
    name = fallback
    while name in tables:
        name += "_"
    explainer.made[name] = Parameter(name, choice.holds, False)
    return ast.Name(name, ast.Load())


def both(tests: Sequence[ast.expr]) -> Iterator[ast.expr]:
    """Tests and their contraries."""
    for test in tests:
        yield test
        yield negated(test)


def used(text: ast.expr, explainer: Explainer) -> ast.expr:
    """A test whose names become parameters."""
    for name in names_in(text):
        if (name in explainer.settings or name in explainer.locals) and name not in explainer.made:
            explainer.parameter(name)
    return copy.deepcopy(text)


def holds(text: ast.expr, tables: Mapping[str, Vector], wanted: Sequence[bool]) -> bool:
    """Does a test give the wanted answers?"""
    names = set(names_in(text))
    if not names or not names <= set(tables):
        return False
    for place, answer in enumerate(wanted):
        table = {name: tables[name][place] for name in names}
        if any(value is ANY for value in table.values()):
            return False
        found = evaluate(text, table)
        if found is MISSING or bool(found) is not answer:
            return False
    return True


def source_tests(node: FunctionNode | None, entries: Sequence[Entry], groups: Sequence[Group]) -> Iterator[ast.expr]:
    """The conditions of the source around the places where entries were made, the innermost first."""
    if node is None:
        return
    sites = {id(site) for entry in entries for site in sites_in(entry, groups)}
    found: list[ast.expr] = []
    for inner in ast.walk(node):
        if isinstance(inner, (ast.If, ast.IfExp)):
            arms = [*(inner.body if isinstance(inner.body, list) else [inner.body])]
            arms += inner.orelse if isinstance(inner.orelse, list) else [inner.orelse]
            if any(id(n) in sites for arm in arms for n in ast.walk(arm)):
                found.append(inner.test)
    yield from reversed(found)


def sites_in(entry: Entry, groups: Sequence[Group]) -> Iterator[ast.AST]:
    """The places of the source that an entry comes from, up to the call of its group."""
    keys = {group.frame.key for group in groups if group.frame is not None}
    frame = entry.part.node.frame if isinstance(entry.part, Leaf) else entry.part.frame
    if isinstance(entry.part, Leaf):
        yield entry.part.node.site
    for at in frame.chain() if frame is not None else ():
        if at.key in keys:
            return
        if at.site is not None:
            yield at.site
