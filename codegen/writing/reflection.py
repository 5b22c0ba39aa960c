"""What a program asks about the names of its library, which in the target are functions or nothing at all."""

from __future__ import annotations

import ast

from codegen.writing.plans import Unwritable
from pivot.reading.trace import Visit
from pivot.reading.values import Api, Value

LIBRARIES = ("torch", "torchvision", "tensorflow", "keras", "einops")
ASKED = ("builtins.hasattr", "builtins.isinstance", "builtins.issubclass", "__name__")
FUNCTIONS = ("types.FunctionType", "types.LambdaType")


def answer(visits: list[Visit]) -> ast.expr | None:
    """`hasattr(F, "gelu")`, `isinstance(nn.ReLU, type)`, `nn.ReLU.__name__`: what was answered.

    None where nothing is asked about the library. Raises Unwritable where the answer changes between visits: what
    stands for a class of the library in the target would give another one.
    """
    about = [v for v in visits if v.name in ASKED and v.args and isinstance(v.args[0].hint, Api)]
    library = [v for v in about if isinstance(v.args[0].hint, Api) and v.args[0].hint.root in LIBRARIES]
    if all(is_kept(v) for v in library):
        return None
    answers = {v.result.hint if v.result is not None else None for v in visits}
    known = answers.pop()
    if answers or not isinstance(known, (bool, str)):
        raise Unwritable("what is asked about a class of the library has another answer in the target")
    return ast.Constant(known)


def is_kept(visit: Visit) -> bool:
    """Is the answer the same whether a class of the library becomes a class or a function of the target?"""
    if visit.name != "builtins.isinstance" or len(visit.args) < 2:
        return False
    kinds = names(visit.args[1])
    return ("builtins.type" in kinds) == any(k in FUNCTIONS for k in kinds)


def names(kinds: Value) -> set[str]:
    """The library names among the classes that isinstance() is asked about."""
    hint = kinds.hint
    if isinstance(hint, tuple):
        return {name for kind in hint if isinstance(kind, Value) for name in names(kind)}
    return {hint.name} if isinstance(hint, Api) else set()
