"""Module-level code that builds a model step by step is run in its order, not name by name.

`x = layer(x)` three times and `y = x` between them: a name asked for later must not run what stands behind its use.
Only statements are run that the model needs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pivot.problems import Refusal
from pivot.reading import classes, imports

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame, Scope

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def run_to(
    ev: Evaluator, scope: Scope, frame: Frame, body: list[ast.stmt], wanted: set[str], last: ast.stmt | None = None
) -> None:
    """Run the statements that bind or change `wanted`, up to `last` or the last of them, and what these need."""
    steps = [s for s in body if not isinstance(s, DEFINITIONS)]
    if last is not None and last in steps:
        steps = steps[: steps.index(last) + 1]
    ev.execute([s for s in steps if sets(ev, s) and id(s) not in ev.trace.executed], frame)
    chosen: list[ast.stmt] = []
    needed = set(wanted)
    for statement in reversed(steps):
        bound = {*classes.bound_names(statement), *imports.changed_names(statement)}
        if not bound & needed or bound & ev.overrides.keys():
            continue
        chosen.append(statement)
        needed |= {n for n in loaded(statement) if n not in ev.overrides}
    for statement in reversed(chosen):
        if id(statement) in ev.trace.executed:
            continue
        names = [*classes.bound_names(statement), *imports.changed_names(statement)]
        try:
            ev.execute([statement], frame)
        except Refusal as refusal:  # the model may do without; what needs a name of it is refused in its turn
            ev.trace.executed.discard(id(statement))
            if wanted.intersection(names):
                raise
            ev.broken.update({(id(scope), name): refusal for name in names})
        else:
            for name in classes.bound_names(statement):
                ev.broken.pop((id(scope), name), None)


def sets(ev: Evaluator, statement: ast.stmt) -> bool:
    """Does a statement change what all layers mean? `K.set_image_data_format("channels_first")`"""
    call = statement.value if isinstance(statement, ast.Expr) else None
    func = call.func if isinstance(call, ast.Call) else None
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    return name in ev.dialect.settings


def loaded(node: ast.AST) -> Iterator[str]:
    """The names that a statement reads."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            yield part.id
