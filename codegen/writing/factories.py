"""A model whose class reaches its making as an argument is made directly, by a function with the factory's name.

What stands between the entry and that call (tables of weights, registries, filters of arguments) has no counterpart
in the target; what it hands to the class is known.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes, references
from codegen.writing.naming import reference_to
from codegen.writing.plans import Unwritable
from pivot.reading import classes
from pivot.reading.hints import equal
from pivot.reading.restating import is_restated, path_of
from pivot.reading.values import (
    Api,
    ClassObject,
    DictObject,
    FunctionObject,
    InstanceObject,
    ListObject,
    Partial,
    Value,
    plain,
)

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions
    from codegen.writing.writer import Writer
    from pivot.reading.frames import Frame
    from pivot.reading.trace import Visit

Imports = dict[str, tuple[str, str]]


def generic_making(w: Writer) -> Visit | None:
    """The call that makes the root, where its class is a local name there and the entry is a function's call."""
    root, entry = w.done.network.root, w.ev.entry_node
    visit = root.visit
    if visit is None or not isinstance(root.cls, ClassObject) or not isinstance(visit.node, ast.Call):
        return None
    if not isinstance(entry, ast.Call) or not any(v.kind == "function" for v in w.trace.of(entry)):
        return None
    func = visit.node.func
    return visit if isinstance(func, ast.Name) and func.id in visit.frame.scope.names else None


def made_inside(w: Writer, visit: Visit) -> bool:
    """Was every part of the model made by its own constructor?"""
    if visit.entered is None:
        return False
    for _, module in w.done.network.root.walk():
        chain = module.frame.chain() if module.frame is not None else ()
        if module is not visit.module and not any(is_within(at, visit.entered) for at in chain):
            return False
    return True


def is_within(at: Frame, entered: Frame) -> bool:
    """Is a frame that of a call, or of a comprehension in it?"""
    return at is entered or (at.function is entered.function and at.site is entered.site)


def direct_factory(w: Writer, e: Expressions, library: Imports) -> ast.FunctionDef | None:
    """`def net_small(): return Net(depth=2, ...)`; None where the factory is written as it stands."""
    visit = generic_making(w)
    if visit is None or not made_inside(w, visit):
        return None
    entry = w.ev.entry_node
    assert isinstance(entry, ast.Call) and isinstance(w.done.network.root.cls, ClassObject)
    made_by = next(v.entered for v in w.trace.of(entry) if v.entered is not None)
    function = made_by.function
    if function is None or not isinstance(function.node, ast.FunctionDef):
        return None
    made = ast.Return(making(w, e, w.done.network.root.cls, visit, library))
    text = ast.get_docstring(function.node, clean=False)
    body: list[ast.stmt] = [ast.Expr(ast.Constant(text))] if text else []
    spec = ast.arguments([], [], None, [], [], None, [])
    definition = ast.FunctionDef(function.name, spec, [*body, made], [], None, None)
    definition.__dict__["blank"] = 2
    return definition


def making(w: Writer, e: Expressions, cls: ClassObject, visit: Visit, library: Imports) -> ast.Call:
    """The constructor's call with the values it was given; what equals its default is left to that."""
    dropped = w.dropped_parameters([visit])
    names, defaults = w.parameter_names([visit]), default_values(w, cls)
    args: list[ast.expr] = []
    keywords: list[ast.keyword] = []
    given, named = visit.began or (visit.args, visit.kwargs)
    for place, value in enumerate(given):
        if place >= len(names):
            args.append(written(w, e, value, library))
        elif names[place] not in dropped:
            keywords.append(ast.keyword(names[place], written(w, e, value, library)))
    if len(given) > len(names):
        args = [k.value for k in keywords] + args
        keywords = []
    for name, value in named.items():
        default = defaults.get(name)
        if name in dropped or (default is not None and equal(default, value)):
            continue
        keywords.append(ast.keyword(name, written(w, e, value, library)))
    return ast.Call(reference_to((cls.file, cls.name)), args, keywords)


def default_values(w: Writer, cls: ClassObject) -> dict[str, Value]:
    """The defaults of the constructor's parameters."""
    hit = classes.member(w.ev, cls, "__init__")
    function = hit[0].hint if hit is not None else None
    if not isinstance(function, FunctionObject):
        return {}
    spec = function.node.args
    named = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    found = dict(zip(named[len(named) - len(function.defaults) :], function.defaults, strict=True))
    found.update({a.arg: d for a, d in zip(spec.kwonlyargs, function.kw_defaults, strict=True) if d is not None})
    return found


def written(w: Writer, e: Expressions, value: Value, library: Imports) -> ast.expr:
    """A value as the expression that makes it. Raises Unwritable."""
    hint = value.hint
    if plain(hint) and not isinstance(hint, slice):
        return nodes.literal(hint)
    if isinstance(hint, tuple):
        return ast.Tuple([written(w, e, v, library) for v in hint], ast.Load())
    if isinstance(hint, ListObject) and hint.kind == "list":
        return ast.List([written(w, e, v, library) for v in hint.items], ast.Load())
    if isinstance(hint, DictObject):
        keys: list[ast.expr | None] = [written(w, e, k, library) for k, _ in hint.entries.values()]
        return ast.Dict(keys, [written(w, e, v, library) for _, v in hint.entries.values()])
    if isinstance(hint, (ClassObject, FunctionObject)) and w.scope_of(hint.file) is not None:
        scope = w.scope_of(hint.file)
        bound = scope.names.get(hint.name) if scope is not None else None
        if bound is not None and bound.hint is hint:
            return reference_to((hint.file, hint.name))
    if isinstance(hint, Api) and is_restated(w.ev, hint.name):
        return reference_to((str(path_of(hint.name)), hint.name.rpartition(".")[2]))
    if isinstance(hint, Api):
        made = references.library(e, hint)
        if made is not None and not nodes.has_gone(made):
            return made
    if isinstance(hint, Partial):
        library["functools"] = ("functools", "")
        parts = [written(w, e, v, library) for v in (hint.callee, *hint.args)]
        return nodes.call("functools.partial", parts, {k: written(w, e, v, library) for k, v in hint.kwargs})
    if isinstance(hint, InstanceObject) and isinstance(hint.cls, ClassObject) and hint.cls.kind != "class":
        return instance(w, e, hint, hint.cls, library)
    raise Unwritable("an argument of the model has no expression that makes it")


def instance(w: Writer, e: Expressions, hint: InstanceObject, cls: ClassObject, library: Imports) -> ast.expr:
    """A dataclass or named tuple from its fields, an enum's member by its name."""
    name = hint.attrs.get("name")
    if cls.kind == "enum" and name is not None and isinstance(name.hint, str):
        return ast.Attribute(reference_to((cls.file, cls.name)), name.hint, ast.Load())
    given: list[ast.keyword] = []
    for field, value in hint.attrs.items():
        default = classes.own_member(w.ev, cls, field)
        if default is None or not equal(default, value):
            given.append(ast.keyword(field, written(w, e, value, library)))
    return ast.Call(reference_to((cls.file, cls.name)), [], given)
