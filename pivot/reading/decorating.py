"""Decorators: what they make of a function, and when that stands in for the function.

A wrapper counts where tensors are computed with. Functions that only build a model are taken as they stand.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.problems import Refusal, Severity
from pivot.reading import restating
from pivot.reading.frames import Frame, Scope
from pivot.reading.signals import Raised
from pivot.reading.values import (
    BoundMethod,
    ClassObject,
    DictObject,
    FunctionObject,
    InstanceObject,
    ListObject,
    Partial,
    TensorCell,
    Unknown,
    Value,
)
from pivot.reading.walking import children, walk

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator

READ_DECORATORS = {"staticmethod", "classmethod", "property", "cached_property", "abstractmethod", "dataclass"}
CALLED = (FunctionObject, BoundMethod, Partial, ClassObject, InstanceObject)


def decorator_name(node: ast.expr) -> str:
    """The last name of a decorator: `functools.cached_property` is `cached_property`."""
    if isinstance(node, ast.Call):
        return decorator_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_known(ev: Evaluator, decorator: ast.expr, frame: Frame) -> bool:
    """Is a decorator one of those that the reader knows by name? The program's own function of that name is not."""
    name = decorator_name(decorator)
    if name in READ_DECORATORS:
        return True
    if not ev.dialect.harmless_decorator(name):
        return False
    callee = decorator.func if isinstance(decorator, ast.Call) else decorator
    if not isinstance(callee, ast.Name):
        return True
    try:
        hint = ev.evaluate(callee, frame).hint
    except (Refusal, Raised):
        return True
    return not isinstance(hint, FunctionObject) or restating.is_restatement(hint.file)


def function(ev: Evaluator, node: ast.FunctionDef | ast.AsyncFunctionDef, made: FunctionObject, frame: Frame) -> Value:
    """A function with what its decorators made of it. Those that register it and give it back leave it as it is."""
    current = Value(made)
    replacing: list[ast.expr] = []
    for decorator in reversed(node.decorator_list):
        if is_known(ev, decorator, frame):
            continue
        result = decorated(ev, decorator, current, frame)
        if result.hint is current.hint:
            continue
        replacing.append(decorator)
        if isinstance(result.hint, FunctionObject):
            wrapper = replace(result.hint, name=made.name, owner=made.owner, static=made.static)
            current = Value(replace(wrapper, decorators=made.decorators))
        else:
            current = result
            if isinstance(result.hint, Unknown):
                break
    if not replacing:
        return Value(made)
    passing = isinstance(current.hint, FunctionObject) and passes_on(current.hint.node)
    if not passing and (made.name == "__init__" or isinstance(current.hint, Unknown)):
        severity: Severity = "warning" if made.name == "__init__" else "info"
        names = ", ".join(repr(decorator_name(d)) for d in replacing)
        why = f"the decorator {names} of {node.name} is not read"
        ev.note(frame, replacing[0], why, "the definition is taken as it stands", "decorator", severity)
    return Value(replace(made, replaced=current, replacing=tuple(replacing)))


def class_(ev: Evaluator, node: ast.ClassDef, made: Value, frame: Frame) -> None:
    """Call the decorators of a class for what they do elsewhere; the definition stays as it stands."""
    for decorator in reversed(node.decorator_list):
        if is_known(ev, decorator, frame):
            continue
        result = decorated(ev, decorator, made, frame)
        if result.hint is not made.hint:
            why = f"the decorator {decorator_name(decorator)!r} of {node.name} is not read"
            said = "the definition is taken as it stands"
            ev.note(frame, decorator, why, said, "decorator", "warning" if result.hint is not None else "info")


def decorated(ev: Evaluator, decorator: ast.expr, value: Value, frame: Frame) -> Value:
    """What a decorator gives for a function or class; Unknown where it cannot be read."""
    ev.registering += 1
    callee: Value | None = None
    name = decorator_name(decorator)
    try:
        callee = ev.evaluate(decorator, frame)
        if isinstance(callee.hint, CALLED):
            result = ev.call(callee, (value,), {}, decorator, frame)
            if isinstance(result.hint, CALLED):
                return result
            return ev.unknown(frame, decorator, f"what the decorator {name!r} gives is not a function")
        return ev.unknown(frame, decorator, "")
    except (Refusal, Raised) as no:
        hint = callee.hint if callee is not None else plain_callee(ev, decorator, frame)
        if not isinstance(hint, CALLED):
            return ev.unknown(frame, decorator, "")
        if isinstance(hint, FunctionObject) and gives_back(hint.node):
            return value
        why = no.problem.why if isinstance(no, Refusal) else "it raises"
        return ev.unknown(frame, decorator, f"the decorator {name!r} cannot be read ({why})")
    finally:
        ev.registering -= 1


def plain_callee(ev: Evaluator, decorator: ast.expr, frame: Frame) -> object:
    """What makes the decorator, where calling that failed."""
    if not isinstance(decorator, ast.Call):
        return None
    try:
        return ev.evaluate(decorator.func, frame).hint
    except (Refusal, Raised):
        return None


def stand_in(
    ev: Evaluator,
    function: FunctionObject,
    args: tuple[Value, ...],
    kwargs: dict[str, Value],
    node: ast.AST,
    frame: Frame,
) -> object:
    """What is called in place of a decorated function, or None: the function itself. Raises Refusal."""
    assert function.replaced is not None
    if not any(holds_tensor(v) for v in (*args, *kwargs.values())) and not in_forward(ev, frame):
        return None
    hint = function.replaced.hint
    first = function.replacing[-1]
    if not isinstance(hint, Unknown):
        ev.applied.update(id(d) for d in function.replacing)
        return hint
    assert isinstance(function.scope, Scope)
    place = Frame(None, function.scope, function.file)
    if hint.why:
        raise ev.refusal(place, first, f"{function.name}: {hint.why}", "write what it does into the function")
    why = f"what the decorator {decorator_name(first)!r} does to {function.name} is not known"
    said = "the function is taken as it stands: compare its results"
    ev.note(place, first, why, said, "decorator", "warning")
    return None


def in_forward(ev: Evaluator, frame: Frame) -> bool:
    """Does a forward pass run?"""
    return any(f.function is not None and f.function.name in ev.dialect.forward_names for f in frame.chain())


def holds_tensor(value: Value) -> bool:
    """Is a value a tensor, or a list of some?"""
    hint = value.hint
    if isinstance(hint, ListObject):
        hint = tuple(hint.items)
    elif isinstance(hint, DictObject):
        hint = tuple(v for _, v in hint.entries.values())
    return isinstance(hint, TensorCell) or (isinstance(hint, tuple) and any(holds_tensor(v) for v in hint))


def own_returns(node: ast.AST) -> Iterator[ast.Return]:
    """The return statements of a function, without those of functions inside it."""
    for child in children(node):
        if isinstance(child, ast.Return):
            yield child
        elif not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            yield from own_returns(child)


def gives_back(node: ast.AST) -> bool:
    """Does a decorator, or what makes one, plainly give the function back that it was given?"""
    if not isinstance(node, ast.FunctionDef):
        return False
    returned = [r.value.id if isinstance(r.value, ast.Name) else "" for r in own_returns(node)]
    inner = {s.name: s for s in walk(node) if isinstance(s, ast.FunctionDef) and s is not node}
    given = node.args.args[0].arg if node.args.args else ""
    bound = {n.id for n in walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return bool(returned) and all(
        (name == given and given not in bound) or (name in inner and gives_back(inner[name])) for name in returned
    )


def passes_on(node: ast.AST) -> bool:
    """Does a wrapper give what a call with its own `*args, **kwargs` gives?"""
    if not isinstance(node, ast.FunctionDef) or node.args.vararg is None or node.args.kwarg is None:
        return False
    returned = [r.value for r in own_returns(node)]
    return bool(returned) and all(
        isinstance(r, ast.Call) and isinstance(r.func, ast.Name) and any(isinstance(a, ast.Starred) for a in r.args)
        for r in returned
    )
