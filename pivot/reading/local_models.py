"""Models that a function builds and trains, and that it does not return: `model@main` is the `model` of `main()`."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pivot.problems import refuse
from pivot.reading import model_names, straight_line
from pivot.reading.frames import Frame, Scope

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator


def is_local(entry: str) -> bool:
    """Does the expression of an entry name the model of a function? `model@2` is the third one of a file."""
    _, at, function = entry.partition("@")
    return bool(at) and not function.isdigit()


def local_entry(ev: Evaluator, frame: Frame, functions: Iterable[ast.FunctionDef]) -> str | None:
    """The model of the first of these functions that binds one; None where none does."""
    for function in functions:
        found = model_names.bound_models(ev, frame, function.body)
        if found:
            name, _ = model_names.chosen(found, function.body)
            why = f"{function.name}() builds a model and returns none; its {name} is taken"
            ev.note(frame, function, why, "name another with --model", "entry")
            return f"{name}@{function.name}"
    return None


def frame_in(ev: Evaluator, frame: Frame, tree: ast.Module, name: str, wanted: str) -> Frame:
    """The names of a function as they are once what binds `wanted` has run: its parameters have their defaults.

    Nothing is known of a parameter without one. Raises Refusal where there is no such function.
    """
    function = next((f for f in tree.body if isinstance(f, ast.FunctionDef) and f.name == name), None)
    if function is None:
        raise refuse("model", frame.file, 1, 1, f"there is no function {name!r}", "name one of this file behind the @")
    inner = Frame(None, Scope(frame.file, frame.scope), frame.file, key=name)
    defaults = defaults_of(function)
    spec = function.args
    for parameter in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs):
        if parameter.arg in ev.overrides:
            continue
        default = defaults.get(parameter.arg)
        if default is None:
            known = ev.unknown(frame, parameter, f"{parameter.arg} is handed to {name}()")
        else:
            known = ev.evaluate(default, frame)
        inner.scope.names[parameter.arg] = known
    straight_line.run_to(ev, inner.scope, inner, function.body, {wanted})
    return inner


def defaults_of(function: ast.FunctionDef) -> dict[str, ast.expr]:
    """The defaults of the parameters that have one."""
    spec = function.args
    every = [*spec.posonlyargs, *spec.args]
    pairs = [*zip(every[len(every) - len(spec.defaults) :], spec.defaults, strict=True)]
    pairs += [(p, d) for p, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None]
    return {parameter.arg: default for parameter, default in pairs}
