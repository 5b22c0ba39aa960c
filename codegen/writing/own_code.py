"""Own target code of op files: its functions, as the written file brings them along."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pivot.op import Form
from pivot.own_code import canonical
from pivot.patterns import code_function
from pivot.problems import refuse

if TYPE_CHECKING:
    from codegen.writing.writer import Writer


def definitions(w: Writer, read: set[str], body: Iterable[ast.stmt]) -> list[ast.stmt]:
    """The functions of own code that the written statements call. Raises Refusal where a name is taken."""
    taken = {s.name for s in body if isinstance(s, (ast.FunctionDef, ast.ClassDef))}
    made: dict[str, ast.stmt] = {}
    for form in _forms(w, read):
        if form.name not in read or form.name in made:
            continue
        if form.name in taken:
            why = f"the program has a definition of the name {form.name} too"
            raise refuse("own-code", form.path, form.line, 1, why, "give the function of your code another name")
        function = canonical(code_function(form.pattern), form.framework)
        function.__dict__["blank"] = 2
        made[form.name] = function
    return list(made.values())


def _forms(w: Writer, read: set[str]) -> Iterable[Form]:
    known = (form for op in w.lowering.opset.ops.values() for form in op.forms.get(w.lowering.framework, ()))
    if not any(form.spelling == "code" and form.name in read for form in known):
        return  # nearly always, and then not all ways to say every node have to be found
    for low in w.lowering.lowered.values():
        for plan in low.plans:
            yield from (step.form for step in plan.steps if step.form.spelling == "code")
