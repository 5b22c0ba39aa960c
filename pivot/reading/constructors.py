"""What a constructor or a function needs: the parameters without a default."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from pivot.reading import classes, lookup
from pivot.reading.values import ClassObject, FunctionObject

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Scope


def required(ev: Evaluator, cls: ClassObject) -> list[ast.arg]:
    """The parameters of a constructor that have no default; the fields of a dataclass that have none."""
    hit = classes.member(ev, cls, "__init__")
    if hit is not None and isinstance(hit[0].hint, FunctionObject) and not isinstance(hit[0].hint.node, ast.Lambda):
        return required_parameters(hit[0].hint.node)[1:]
    if cls.kind != "dataclass":
        return []
    body = [s for c in cls.mro() if isinstance(c, ClassObject) for s in c.node.body if isinstance(s, ast.AnnAssign)]
    bare = {s.target.id: s for s in reversed(body) if isinstance(s.target, ast.Name)}  # the class's own count
    return [ast.arg(name, s.annotation) for name, s in bare.items() if s.value is None and not of_class(s)]


def of_class(field: ast.AnnAssign) -> bool:
    """Is a field one that the constructor does not take: `n: ClassVar[int]`?"""
    return "ClassVar" in ast.unparse(field.annotation)


def required_of(ev: Evaluator, scope: Scope, name: str) -> list[ast.arg]:
    """What the constructor of a class of a file needs; nothing for another name."""
    cls = lookup.in_module(ev, scope, name)
    return required(ev, cls.hint) if cls is not None and isinstance(cls.hint, ClassObject) else []


def required_parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    """Parameters without a default."""
    spec = node.args
    positional = [*spec.posonlyargs, *spec.args]
    positional = positional[: len(positional) - len(spec.defaults)]
    return [*positional, *(a for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is None)]


def required_arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Names of the parameters without a default."""
    return [parameter.arg for parameter in required_parameters(node)]


WEIGHTS = re.compile(r"(load_|use_)?(pre_?trained|weights)(_(weights|path|file|top))?")


def untrained(node: ast.FunctionDef) -> str:
    """What a builder is told, so that it fetches no trained weights: `weights=None`; "" where it does not by itself.

    They are no part of the network: who has some carries them over.
    """
    spec = node.args
    positional = [*spec.posonlyargs, *spec.args]
    positional = positional[len(positional) - len(spec.defaults) :]
    pairs = [*zip(positional, spec.defaults, strict=True), *zip(spec.kwonlyargs, spec.kw_defaults, strict=True)]
    said = []
    for parameter, default in pairs:
        asked = default.value if isinstance(default, ast.Constant) else None
        if asked and WEIGHTS.fullmatch(parameter.arg):
            said.append(f"{parameter.arg}={False if asked is True else None}")
    return ", ".join(said)
