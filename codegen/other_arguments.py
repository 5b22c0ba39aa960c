"""Does the written text follow the arguments that its model is made with? Values that change nothing are tried.

A padding of 0, one group, a factor of 1: what was written for one of these may be right for it alone. The program is
read once more with another value, and the static proof is made of the same text with that value. What is not proved so
is said where the parameter stands.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from codegen.conversion import problems_of, unwritten_nodes
from codegen.convert import Converted, write_target
from codegen.dialects import dialect_of
from codegen.restating import elaborate_for
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.problems import Problem, Refusal
from pivot.reading.dialect import Dialect
from pivot.reading.elaborate import Request

OTHERS: Mapping[tuple[type, object], object] = {
    (int, 0): 1,
    (int, 1): 2,
    (int, -1): -2,
    (float, 0.0): 0.5,
    (float, 1.0): 2.0,
    (bool, False): True,
    (bool, True): False,
}
"""What is tried in the place of a value that changes nothing."""
MOST = 16
"""So many parameters are tried; the first ones decide the most."""
Definition = ast.ClassDef | ast.FunctionDef


@dataclass(frozen=True, slots=True)
class Trial:
    """One parameter of what makes the model, its value, and the one that is tried."""

    name: str
    now: object
    other: object
    place: ast.AST

    def call(self, entry: str, parameters: list[str]) -> str:
        """The expression that makes the model, with the other value."""
        made = ast.parse(entry, mode="eval").body
        assert isinstance(made, ast.Call)
        value = ast.parse(repr(self.other), mode="eval").body
        at = parameters.index(self.name)
        if at < len(made.args):
            made.args[at] = value
        else:
            made.keywords = [k for k in made.keywords if k.arg != self.name]
            made.keywords.append(ast.keyword(self.name, value))
        return ast.unparse(made)


def not_followed(converted: Converted, request: Request, dialect: Dialect, opset: OpSet, path: Path) -> list[Problem]:
    """A warning for each parameter with which the text was not proved; `path`: that of the text."""
    file = str(next(iter(converted.done.evaluator.files)))
    entry, definition = converted.done.network.entry, defined(converted.done.evaluator.files[file], converted)
    theirs = defined(converted.text, converted, converted.entry)
    if definition is None or theirs is None:
        return []
    ours, written = parameters(definition), parameters(theirs)
    told = {p.why.partition(" counts as ")[0] for p in problems_of(converted.done, converted, ()) if p.code == "frozen"}
    found: list[Problem] = []
    for trial in list(trials(definition, entry))[:MOST]:
        if trial.name not in written or any(trial.name in why.split(".") for why in told):
            continue
        asked = replace(request, model=trial.call(entry, ours), inputs=converted.done.specs)
        why = difference(converted, asked, dialect, opset, path, trial.call(converted.entry, written))
        if why is not None:
            line, column = getattr(trial.place, "lineno", 0), getattr(trial.place, "col_offset", 0) + 1
            text = f"{trial.name} may count as {trial.now!r} only: with {trial.other!r} the same is not proved ({why})"
            remedy = "convert with the value that is needed"
            found.append(Problem("other-argument", "warning", file, line, column, text, remedy))
    return found


def difference(
    converted: Converted, request: Request, dialect: Dialect, opset: OpSet, path: Path, entry: str
) -> str | None:
    """Why a text is not proved for other arguments; None where it is, and where either side refuses them aloud."""
    framework = converted.layout.framework
    try:
        done = elaborate_for(request, dialect, framework, opset)
        other = None if done.network.unmapped else write_target(done, framework, opset)
    except Refusal:
        return None
    if other is None or unwritten_nodes(other):
        return None  # that is told where these arguments are asked for
    proof = prove(replace(other, text=converted.text, entry=entry), dialect_of(framework, str(path)), opset, path)
    return proof.why if proof.target is not None else None


def defined(text: str, converted: Converted, entry: str | None = None) -> Definition | None:
    """The class or function of a text that an expression calls."""
    try:
        made = ast.parse(entry or converted.done.network.entry, mode="eval").body
        statements = ast.parse(text).body
    except SyntaxError:
        return None  # "model@1"
    name = made.func.id if isinstance(made, ast.Call) and isinstance(made.func, ast.Name) else None
    found = [s for s in statements if isinstance(s, ast.ClassDef | ast.FunctionDef) and s.name == name]
    return found[-1] if found else None


def signature(definition: Definition) -> ast.arguments | None:
    """The parameters that a call has to give: those of the constructor, without `self`."""
    if isinstance(definition, ast.FunctionDef):
        return definition.args
    made = next((s for s in definition.body if isinstance(s, ast.FunctionDef) and s.name == "__init__"), None)
    if made is None:
        return None
    own = copy.copy(made.args)
    own.args = own.args[1:]
    return own


def parameters(definition: Definition) -> list[str]:
    """Names in their order, those that are given by keyword alone last."""
    own = signature(definition)
    return [a.arg for a in (*own.posonlyargs, *own.args, *own.kwonlyargs)] if own is not None else []


def trials(definition: Definition, entry: str) -> Iterator[Trial]:
    """Parameters whose values change nothing, as far as a number or truth value tells."""
    own, made = signature(definition), ast.parse(entry, mode="eval").body
    if own is None or not isinstance(made, ast.Call) or any(isinstance(a, ast.Starred) for a in made.args):
        return
    plain = [*own.posonlyargs, *own.args]
    said: dict[str, ast.expr] = dict(zip([a.arg for a in plain][::-1], own.defaults[::-1], strict=False))
    said |= {a.arg: d for a, d in zip(own.kwonlyargs, own.kw_defaults, strict=True) if d is not None}
    said |= dict(zip([a.arg for a in plain], made.args, strict=False))
    said |= {k.arg: k.value for k in made.keywords if k.arg is not None}
    for argument in (*plain, *own.kwonlyargs):
        value = number(said.get(argument.arg))
        if (type(value), value) in OTHERS:
            yield Trial(argument.arg, value, OTHERS[type(value), value], argument)


def number(text: ast.expr | None) -> object:
    """A number or truth value as it is written; None for everything else."""
    sign = isinstance(text, ast.UnaryOp) and isinstance(text.op, ast.USub)
    inner = text.operand if isinstance(text, ast.UnaryOp) and sign else text
    value = inner.value if isinstance(inner, ast.Constant) else None
    if not isinstance(value, int | float):
        return None
    return -value if sign else value
