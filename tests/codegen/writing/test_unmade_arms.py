"""Chains of conditions of which some arms only say that a class is not converted."""

from __future__ import annotations

import ast
import textwrap

import pytest

from codegen.writing.unmade import stopping
from codegen.writing.unmade_arms import settled


class Stops(ast.NodeTransformer):
    """`lacks(A)` is such an arm."""

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        call = node.value
        named = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "lacks"
        return stopping("net.py", 3, [a.id for a in call.args]) if named else node  # type: ignore[union-attr, attr-defined]


def check(source: str, target: str) -> None:
    body = Stops().visit(ast.parse(textwrap.dedent(source))).body
    made = ast.unparse(ast.fix_missing_locations(ast.Module(settled(body), [])))
    wanted = ast.fix_missing_locations(Stops().visit(ast.parse(textwrap.dedent(target))))
    assert made == ast.unparse(wanted)


def test_arms_go_where_their_values_end_in_an_error_anyway() -> None:
    check(
        """
        if kind == "a":
            lacks(A)
        elif kind == "b":
            block = B
        elif kind in ("c", "d"):
            lacks(C)
        else:
            assert False, kind
        """,
        """
        if kind == "b":
            block = B
        else:
            raise AssertionError(kind)
        """,
    )


def test_arms_stand_together_where_none_would_be_an_error() -> None:
    check(
        """
        block = None
        if kind == "a":
            lacks(A)
        elif kind == "b":
            block = B
        elif kind == "c":
            lacks(C)
        return block
        """,
        """
        block = None
        if kind == "b":
            block = B
        elif kind in ("a", "c"):
            lacks(A, C)
        return block
        """,
    )


def test_arms_that_return_are_a_chain_too() -> None:
    check(
        """
        if kind == "a":
            lacks(A)
        if kind == "b":
            return B
        raise ValueError(kind)
        """,
        """
        if kind == "b":
            return B
        raise ValueError(kind)
        """,
    )


@pytest.mark.parametrize(
    "source",
    [
        """
        if kind.startswith("a"):
            lacks(A)
        elif kind == "ab":
            block = B
        else:
            raise ValueError(kind)
        """,
        """
        if kind == "a":
            lacks(A)
        elif kind in ("a", "b"):
            block = B
        else:
            raise ValueError(kind)
        """,
        """
        if kind == "a":
            lacks(A)
        elif other == "b":
            block = B
        else:
            raise ValueError(kind)
        """,
        """
        if flag:
            lacks(A)
        return B
        """,
        """
        if kind == "a":
            lacks(A)
        kind = "b"
        if kind == "b":
            return B
        raise ValueError(kind)
        """,
    ],
)
def test_an_arm_stays_where_another_could_be_taken_for_it(source: str) -> None:
    check(source, source)


def test_arms_in_a_row_are_one_error() -> None:
    check(
        """
        if kind.endswith("a"):
            lacks(A)
        elif kind.endswith("b"):
            lacks(B)
        elif kind:
            block = C
        """,
        """
        if kind.endswith("a") or kind.endswith("b"):
            lacks(A, B)
        elif kind:
            block = C
        """,
    )


def test_two_arms_that_lack_something_are_one_error() -> None:
    check(
        """
        if flag:
            block = B
        elif other:
            lacks(A)
        else:
            lacks(C)
        """,
        """
        if flag:
            block = B
        else:
            lacks(A, C)
        """,
    )
