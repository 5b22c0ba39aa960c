"""Trees that are equal but for constants."""

from __future__ import annotations

import ast

from codegen.rolling.unify import Hole, skeleton, unify


def tree(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def test_constants_that_differ_become_holes() -> None:
    holes: list[Hole] = []
    made = unify([tree("f(3, k=1)"), tree("f(4, k=1)")], {}, holes, ["channels"])
    assert made is not None and ast.unparse(made) == "f(_h0, k=1)"
    assert [(h.values, h.keyword) for h in holes] == [((3, 4), "channels")]


def test_what_is_left_out_is_its_default() -> None:
    holes: list[Hole] = []
    made = unify([tree("f(3, stride=2)"), tree("f(3)")], {"stride": 1}, holes)
    assert made is not None and ast.unparse(made) == "f(3, stride=_h0)"
    assert holes[0].values == (2, 1)
    assert unify([tree("f(3, stride=2)"), tree("f(3)")], {}, []) is None


def test_skeletons_leave_constants_and_optional_arguments_out() -> None:
    assert skeleton(tree("f(3, k=1)")) == skeleton(tree("f(4)"))
    assert skeleton(tree("f(x)")) != skeleton(tree("f(y)"))


def test_truth_values_are_no_numbers() -> None:
    holes: list[Hole] = []
    unify([tree("f(k=1)"), tree("f(k=True)")], {}, holes)
    assert [h.values for h in holes] == [(1, True)]
