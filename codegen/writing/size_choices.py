"""A size that one name says at some visits of a place, and another at the others: `inp if stride == 2 else half`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.rolling.comparing import comparisons, decides
from codegen.writing.scoping import plain_locals, plain_parameters, settled_name

if TYPE_CHECKING:
    from codegen.writing.inferring import Place


def chosen_by_parameter(place: Place) -> ast.expr | None:
    """The conditional of two names by a test of a parameter, where that is right at every visit."""
    frame = place.uses[0].frame
    frames = [use.frame for use in place.uses]
    if any(other.function is not frame.function for other in frames):
        return None
    parameters = list(plain_parameters(frame))
    deciding = {name: tuple(settled_name(f, name) for f in frames) for name in parameters}
    names = dict.fromkeys((*parameters, *plain_locals(frame, place.node)))
    right = {name: [settled_name(use.frame, name) == use.value for use in place.uses] for name in names}
    for test in comparisons({name: values for name, values in deciding.items() if decides(values)}):
        if not isinstance(test, (ast.Name, ast.Compare)) or not is_of_one_name(test):
            continue
        holds = [answer(test, {name: values[i] for name, values in deciding.items()}) for i in range(len(frames))]
        arms = [
            next(
                (name for name, fits in right.items() if all(f for f, h in zip(fits, holds, strict=True) if h is side)),
                "",
            )
            for side in (True, False)
        ]
        sizes = [{use.value for use, h in zip(place.uses, holds, strict=True) if h is side} for side in (True, False)]
        if all(arms) and all(len(each) > 1 for each in sizes):  # one size may have a name's number by chance
            return ast.IfExp(test, ast.Name(arms[0], ast.Load()), ast.Name(arms[1], ast.Load()))
    return None


def is_of_one_name(test: ast.expr) -> bool:
    """Does a test compare one parameter with a number or text?"""
    return sum(isinstance(node, ast.Name) for node in ast.walk(test)) == 1


def answer(test: ast.expr, values: dict[str, object]) -> bool:
    """Whether a test holds."""
    if isinstance(test, ast.Name):
        return bool(values[test.id])
    assert isinstance(test, ast.Compare) and isinstance(test.left, ast.Name)
    wanted = ast.literal_eval(test.comparators[0])
    is_equal = values[test.left.id] == wanted and type(values[test.left.id]) is type(wanted)
    return is_equal is isinstance(test.ops[0], (ast.Eq, ast.Is))
