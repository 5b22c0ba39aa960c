"""Restated library code is written for the configuration at hand: without the arms and parameters that it leaves aside.

A library class has options for every program; the program that is written here uses a few. Of a restatement only the
arms that were taken are written, and a constructor parameter that nothing reads any more goes, so that no caller can
give it a value that would have no effect.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.frozen import given_by_program, is_plain
from codegen.writing.plans import Unwritable
from pivot.reading import keras_starts
from pivot.reading.library_modules import package_of
from pivot.reading.restating import is_restatement
from pivot.reading.trace import Trace, Visit
from pivot.reading.values import Api, ClassObject, InstanceObject
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from codegen.writing.writer import Writer
    from pivot.reading.frames import Scope
    from pivot.reading.values import FunctionObject

INITIALISERS = "keras.initializers."


def only_arm(trace: Trace, node: ast.If | ast.IfExp) -> bool | None:
    """The answer of a test that only the configuration decides and that was always the same."""
    every = trace.branches.get(id(node), [])
    met = [b for b in every if not b.speculative] or every
    answers = {b.taken for b in met}
    absent = asks_for_none(node.test)
    if not absent and any(is_plain(value) for b in met for value in given_by_program(b.test)):
        return None  # another value of the program's parameter takes the other arm
    decided = absent or all(b.kind == "config" for b in met)
    return answers.pop() if len(answers) == 1 and decided else None


def asks_for_none(test: ast.expr) -> bool:
    """Is a test `x is None` or `x is not None`? That is the configuration's doing even where x is a tensor."""
    return isinstance(test, ast.Compare) and all(isinstance(op, (ast.Is, ast.IsNot)) for op in test.ops)


def says(visits: list[Visit]) -> ast.Constant | None:
    """What restated functions answer that only say True or False: `is_torchdynamo_compiling()`."""
    entered = [v.entered.function for v in visits if v.entered is not None]
    bodies = [f.node.body for f in entered if f is not None and package_of(Path(f.file)) is not None]
    last = bodies[0] if bodies and len(bodies) == len(visits) and all(body is bodies[0] for body in bodies) else None
    said = last[0].value if isinstance(last, list) and len(last) == 1 and isinstance(last[0], ast.Return) else None
    return ast.Constant(said.value) if isinstance(said, ast.Constant) and isinstance(said.value, bool) else None


def taken_parts(trace: Trace, node: ast.AST) -> Iterator[ast.AST]:
    """A tree without the arms, and the tests, that restated code leaves aside."""
    yield node
    answer = only_arm(trace, node) if isinstance(node, (ast.If, ast.IfExp)) else None
    if answer is None:
        below: list[ast.AST] = list(ast.iter_child_nodes(node))
    else:
        assert isinstance(node, (ast.If, ast.IfExp))
        arm = node.body if answer else node.orelse
        below = [*arm] if isinstance(arm, list) else [arm]
    for child in below:
        yield from taken_parts(trace, child)


def own_attribute(node: ast.AST) -> str | None:
    """`name` of `self.name`."""
    owned = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    return node.attr if owned and isinstance(node, ast.Attribute) else None


def settings_read(w: Writer) -> dict[str, set[str]]:
    """Per file of restatements, the attributes that its methods where taken read, and the program from outside."""
    files = {f.file for f in entered(w) if is_restatement(f.file)}
    found: dict[str, set[str]] = {file: set() for file in files}
    for file in w.ev.files if files else ():
        scope = w.scope_of(file)
        for statement in (s for group in (scope.lazy.values() if scope is not None else ()) for s in group):
            said = initializers(statement) if w.target.builds_early and file in files else set()
            inherits = file not in files and derives_from_restated(scope, statement)
            for part in taken_parts(w.trace, statement) if file in files else walk(statement):
                if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Load) and id(part) not in said:
                    for reader in files if own_attribute(part) is None or inherits else files & {file}:
                        found[reader].add(part.attr)
    return found


def derives_from_restated(scope: Scope | None, statement: ast.stmt) -> bool:
    """Is this a class of the program below a restated one, whose settings are its own?"""
    value = scope.names.get(statement.name) if scope is not None and isinstance(statement, ast.ClassDef) else None
    chain = value.hint.mro() if value is not None and isinstance(value.hint, ClassObject) else []
    return any(isinstance(cls, ClassObject) and is_restatement(cls.file) for cls in chain)


def initializers(statement: ast.stmt) -> set[int]:
    """The parts of a statement (ids) that say what weights start from: the written text says it in its own words."""
    calls = [n for n in ast.walk(statement) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    own = [k for call in calls if call.func.attr == "add_weight" for k in call.keywords]  # type: ignore[attr-defined]
    return {id(part) for k in own if k.arg == "initializer" for part in ast.walk(k.value)}


def entered(w: Writer) -> Iterator[FunctionObject]:
    """Every function that was entered, once per call."""
    for frames in w.trace.frames.values():
        for frame in frames[:1]:
            if frame.function is not None:
                yield frame.function


def is_unread_setting(w: Writer, node: ast.Assign, read: set[str]) -> bool:
    """Does a statement only keep a plain value, or a layer without weights, on `self` that nobody reads?"""
    plain = not any(isinstance(n, (ast.Call, ast.Await)) and not is_weightless(w, n) for n in ast.walk(node.value))
    return plain and all((name := own_attribute(t)) is not None and name not in read for t in node.targets)


def is_weightless(w: Writer, node: ast.AST) -> bool:
    """Does a call make layers of a library that have nothing to be carried?"""
    visits = w.trace.of(node)
    return bool(visits) and all(v.kind == "layer" and v.module is not None and not v.module.weights for v in visits)


def drop_unread_parameters(w: Writer) -> None:
    """Parameters of restated functions that what is written of them does not read go, in their calls too.

    A function that is called with `*args` somewhere keeps all, one that is called with `**settings` what these are,
    unless none of them is read: then the settings go from the call. What `functools.partial` binds by name stays.
    """
    functions = {id(f.node): f for f in entered(w) if is_restatement(f.file) and isinstance(f.node, ast.FunctionDef)}
    spread: set[int] = set()
    settings: dict[int, list[set[str]]] = {}
    bound: dict[int, set[str]] = {}
    for v in (v for visits in (w.trace.visits.values() if functions else ()) for v in visits):
        if v.entered is not None and v.entered.function is not None and isinstance(v.node, ast.Call):
            key = id(v.entered.function.node)
            if any(isinstance(a, ast.Starred) for a in v.node.args):
                spread.add(key)
            if any(k.arg is None for k in v.node.keywords):
                settings.setdefault(key, []).append(spread_names(v))
            else:
                bound.setdefault(key, set()).update(spread_names(v))
    for key, function in functions.items():
        assert isinstance(function.node, ast.FunctionDef)
        if key not in spread:
            unread = unread_parameters(w, function.node, function.file) - bound.get(key, set())
            unread -= {name for names in settings.get(key, ()) if not names <= unread for name in names}
            if unread:
                w.gone_parameters.setdefault(key, set()).update(unread)


def spread_names(visit: Visit) -> set[str]:
    """Of the arguments of a call those that `**settings` hold, or the function that is called brings along."""
    assert isinstance(visit.node, ast.Call)
    return set(visit.kwargs) - {k.arg for k in visit.node.keywords}


def go_with(dropped: set[str], visits: list[Visit]) -> bool:
    """Do `**settings` hold arguments of parameters that went, and no others?"""
    return bool(dropped) and all((names := spread_names(v)) and names <= dropped for v in visits)


def says_starts(visits: list[Visit], name: str, written: ast.expr) -> bool:
    """Does an argument say what weights start from? That is written where they are made, not handed on.

    A word is taken for it only where the target has nothing for what the program makes of it: "zeros" pads, too.
    """
    gone = any(isinstance(n, nodes.Gone) for n in walk(written))
    hints = [v.kwargs[name].hint if name in v.kwargs and has_default(v, name) else None for v in visits]
    return bool(hints) and all(
        (isinstance(hint, InstanceObject) and isinstance(hint.cls, Api) and hint.cls.name.startswith(INITIALISERS))
        or (gone and isinstance(hint, str) and keras_starts.class_of(hint) is not None)
        for hint in hints
    )


def has_default(visit: Visit, name: str) -> bool:
    """Has the function that a call enters a default for a parameter?"""
    function = visit.entered.function if visit.entered is not None else None
    if function is None:
        return False
    spec = function.node.args
    plain = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    named = [a.arg for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None]
    return name in named or name in plain[len(plain) - len(spec.defaults) :]


def unread_parameters(w: Writer, node: ast.FunctionDef, file: str) -> set[str]:
    """Parameters that the written text of a function does not read; it is written on trial."""
    out, wanted = w.out, dict(w.wanted)
    w.out = replace(out, links=[], renamed={}, unverified=[], problems=[], guards=[], dropped=[])
    try:
        made = w.definitions.function(node, file)
    except Unwritable:
        return set()
    finally:
        w.out = out
        w.wanted.clear()
        w.wanted.update(wanted)
    read = {n.id for statement in made.body for n in ast.walk(statement) if isinstance(n, ast.Name)}
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return set(names) - read - {"self"}
