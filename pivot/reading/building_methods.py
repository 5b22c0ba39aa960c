"""Models that a method of a class builds, where the class is none itself: `Classifier(classes=10).build_model()`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.problems import refuse
from pivot.reading import assumed_arguments, constructors
from pivot.reading.model_names import DEPTH, Builders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame, Scope


def built_by_method(ev: Evaluator, scope: Scope, frame: Frame, tree: ast.Module) -> str | None:
    """The call of the last such method; None where there is none. Raises Refusal where it needs arguments of which
    nobody knows what they are.
    """
    builders = Builders(ev, frame)
    found = [
        (cls, node)
        for cls in tree.body
        if isinstance(cls, ast.ClassDef)
        for node in cls.body
        if isinstance(node, ast.FunctionDef) and builders.returns_model(node, DEPTH)
    ]
    if not found:
        return None
    cls, method = found[-1]
    bare = any(isinstance(d, ast.Name) and d.id in ("staticmethod", "classmethod") for d in method.decorator_list)
    made = [] if bare else constructors.required_of(ev, scope, cls.name)
    asked = constructors.required_parameters(method)
    if asked and asked[0].arg in ("self", "cls"):
        asked = asked[1:]
    built = cls if ev.dialect.builds_step_by_step else None
    left = cls.name if bare else call(cls.name, made, built)
    right = call(method.name, asked, built)
    shown = f"{cls.name if bare else open_call(cls.name, made)}.{open_call(method.name, asked)}"
    why = f"{cls.name}.{method.name} builds a model"
    remedy = f'name it with --model "{shown}"'
    refusal = refuse("model", scope.file, method.lineno, method.col_offset + 1, f"{why} and needs arguments", remedy)
    if left is None or right is None:
        raise refusal
    others = [f"{c.name}.{m.name}" for c, m in found[:-1]]
    if others:
        why = f"{why}, which is taken, not {', '.join(others)}"
    if made or asked:
        ev.in_doubt = refusal
        why = f"{why}: {left}.{right} is assumed"
    ev.note(frame, method, why, remedy, "entry", "warning" if made or asked else "info")
    return f"{left}.{right}"


def call(name: str, missing: Sequence[ast.arg], built: ast.AST | None) -> str | None:
    """A call with a usual value for each parameter that needs one; None where a name says nothing."""
    return assumed_arguments.call_of(name, missing, built) if missing else f"{name}()"


def open_call(name: str, missing: Sequence[ast.arg]) -> str:
    """A call whose arguments a person has to fill in."""
    return f"{name}({', '.join(f'{parameter.arg}=...' for parameter in missing)})"
