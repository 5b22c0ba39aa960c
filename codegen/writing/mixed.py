"""Arguments of layers that a target refuses when the program runs: tensors and other things in one tuple.

Keras looks into tuples, lists and dicts that a layer is given. A tuple of both goes in an object that it does not look
into; what `**kwargs` collects is split, so that numbers and flags have names of their own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeGuard

from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from pivot.reading.own_layer import OWN
from pivot.reading.restating import PARTS
from pivot.reading.trace import Visit
from pivot.reading.values import DictObject, InstanceObject, ListObject, TensorCell, Value
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions
    from codegen.writing.writer import Writer

MIXED = "a layer is given tensors and other values in one tuple, which Keras does not take"


def held_together(e: Expressions, visits: list[Visit], call: ast.expr) -> ast.expr:
    """The call of a layer of the program, with each tuple of tensors and other values in an object of its own.

    Raises Unwritable for what no object can hold for it: other structures, and what `*args` collects.
    """
    for name in sorted({name for visit in visits for name in mixed_parameters(e.w, visit)}):
        keyword = next((k for k in call.keywords if k.arg == name), None) if isinstance(call, ast.Call) else None
        values = [given_as(visit, name) for visit in visits]
        if keyword is None or not all(v is not None and isinstance(v.hint, (tuple, ListObject)) for v in values):
            raise Unwritable(MIXED)
        if any(nested(part) is not None for value in values if value is not None for part in nested(value) or ()):
            raise Unwritable(MIXED)
        if not is_held(e, visits, keyword.value):
            e.w.helpers.setdefault(PARTS)
            parts = keyword.value.elts if isinstance(keyword.value, (ast.Tuple, ast.List)) else None
            spread = parts or [ast.Starred(keyword.value, ast.Load())]
            keyword.value = nodes.call(PARTS.rpartition(".")[2], spread)
    return call


def is_held(e: Expressions, visits: list[Visit], value: ast.expr) -> bool:
    """Is this a parameter of a forward pass that hands on what it was given, as its callers hold it together?"""
    function = visits[0].frame.function
    if function is None or not isinstance(value, ast.Name) or not isinstance(function.node, ast.FunctionDef):
        return False
    spec = function.node.args
    stored = any(is_named(n, value.id) and isinstance(n.ctx, ast.Store) for n in walk(function.node))
    calls = [v for visit in visits for v in e.w.trace.visits.get(id(visit.frame.site), []) if v.entered is visit.frame]
    held = len(calls) >= len(visits) and all(v.kind == "apply" and v.name not in (OWN, "super") for v in calls)
    return held and not stored and value.id in {a.arg for a in (*spec.args, *spec.kwonlyargs)}


def mixed_parameters(w: Writer, visit: Visit) -> Iterator[str]:
    """Parameters of the program's layer that are given tensors and other values in one structure."""
    if visit.kind != "apply" or visit.entered is None or visit.name in (OWN, "super"):
        return
    for name, value in given(visit):
        if is_mixed(value) and not (name == named_rest(visit) and split_names(w, visit)):
            yield name


def is_mixed(value: Value) -> bool:
    """Are there tensors and other values in one structure? None counts as either."""
    kinds = {isinstance(part.hint, TensorCell) for part in parts(value) if part.hint is not None}
    return nested(value) is not None and len(kinds) > 1


def given(visit: Visit) -> Iterator[tuple[str, Value]]:
    """What the parameters of a forward pass get; what `*args` and `**kwargs` collect is one value each."""
    function = visit.entered.function if visit.entered is not None else None
    if function is None:
        return
    spec = function.node.args
    placed = [a.arg for a in (*spec.posonlyargs, *spec.args)][1:]  # without self
    names = {*placed, *(a.arg for a in spec.kwonlyargs)}
    yield from zip(placed, visit.args, strict=False)
    yield spec.vararg.arg if spec.vararg is not None else "", Value(tuple(visit.args[len(placed) :]))
    yield from ((name, value) for name, value in visit.kwargs.items() if name in names)
    yield named_rest(visit), Value(tuple(value for name, value in visit.kwargs.items() if name not in names))


def given_as(visit: Visit, name: str) -> Value | None:
    """What a parameter gets."""
    return next((value for own, value in given(visit) if own == name), None)


def named_rest(visit: Visit) -> str:
    """The name of what collects keywords: `kwargs`."""
    function = visit.entered.function if visit.entered is not None else None
    rest = function.node.args.kwarg if function is not None else None
    return rest.arg if rest is not None else ""


def split_names(w: Writer, visit: Visit) -> list[str]:
    """Keywords for parameters of their own, in place of `**kwargs` that would hold tensors too."""
    function = visit.entered.function if visit.entered is not None else None
    if function is None or not isinstance(function.node, ast.FunctionDef):
        return []
    return split_keywords(w, function.node)


def split_keywords(w: Writer, node: ast.FunctionDef) -> list[str]:
    """The keywords of `**kwargs` of a forward pass that are no tensors, where others are; every call gives them.

    Empty where nothing has to be split, or where the function does more with `kwargs` than hand it on.
    """
    rest = node.args.kwarg
    if rest is None or w.target.nests_anything or not only_spread(node, rest.arg):
        return []
    names = {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    calls = [
        {name: value.hint for name, value in visit.kwargs.items() if name not in names}
        for visits in w.trace.visits.values()
        for visit in visits
        if visit.kind == "apply" and visit.entered is not None and visit.entered.function is not None
        and visit.entered.function.node is node
    ]  # fmt: skip
    plain = {
        name for call in calls for name, hint in call.items() if hint is not None and not isinstance(hint, TensorCell)
    }
    if not plain or not any(isinstance(hint, TensorCell) for call in calls for hint in call.values()):
        return []
    if any(isinstance(call.get(name), TensorCell) for call in calls for name in plain):
        return []
    if any(name not in call for call in calls for name in plain):
        return []  # what a keyword is that nobody gave is for those to say who take it
    return sorted(plain)


def only_spread(node: ast.FunctionDef, name: str) -> bool:
    """Does a function nothing with its `**kwargs` but hand them on?"""
    spread = [k.value for n in walk(node) if isinstance(n, ast.Call) for k in n.keywords if k.arg is None]
    handed = {id(value) for value in spread if isinstance(value, ast.Name)}
    return all(id(n) in handed for n in walk(node) if isinstance(n, ast.Name) and n.id == name)


def split_rest(w: Writer, node: ast.FunctionDef, made: ast.FunctionDef) -> None:
    """`def call(self, x, *, flag, **kwargs)` hands `flag=flag, **kwargs` on, for `def call(self, x, **kwargs)`."""
    names = split_keywords(w, node)
    rest = node.args.kwarg
    if not names or rest is None:
        return
    made.args.kwonlyargs += [ast.arg(name) for name in names]
    made.args.kw_defaults += [None] * len(names)
    for call in (n for statement in made.body for n in walk(statement) if isinstance(n, ast.Call)):
        at = next((i for i, k in enumerate(call.keywords) if k.arg is None and is_named(k.value, rest.arg)), None)
        if at is not None:
            call.keywords[at:at] = [ast.keyword(name, ast.Name(name, ast.Load())) for name in names]


def is_named(value: ast.AST, name: str) -> TypeGuard[ast.Name]:
    """Is an expression just a name?"""
    return isinstance(value, ast.Name) and value.id == name


def nested(value: Value) -> tuple[Value, ...] | None:
    """The items of a tuple, a list, a dict or a named tuple; None for everything else."""
    hint = value.hint
    if isinstance(hint, tuple):
        return tuple(item for item in hint if isinstance(item, Value))
    if isinstance(hint, ListObject):
        return tuple(hint.items)
    if isinstance(hint, DictObject):
        return tuple(item for _, item in hint.entries.values())
    return hint.items if isinstance(hint, InstanceObject) else None


def parts(value: Value) -> Iterator[Value]:
    """The leaves of a value."""
    items = nested(value)
    if items is None:
        yield value
        return
    for item in items:
        yield from parts(item)
