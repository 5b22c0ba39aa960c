from __future__ import annotations

import pytest

from pivot.slots import Coded, Literal, NotationError, Path
from pivot.steps import Computed, Step, parse_step


def test_steps() -> None:
    assert parse_step("y = conv2d(p, padding=0)") == Step(("y",), "conv2d", ("p",), (("padding", Literal(0)),))
    assert parse_step("y, h = lstm(x, None, units=units)") == Step(
        ("y", "h"), "lstm", ("x", None), (("units", Path("units")),)
    )
    assert parse_step("y = concat([a, b], axis=-1)") == Step(("y",), "concat", (("a", "b"),), (("axis", Literal(-1)),))
    assert parse_step("p = pad(x, padding=fill(padding, kernel, 2))").params == (
        ("padding", Coded("fill", Path("padding"), (Path("kernel"), Literal(2)))),
    )
    assert parse_step("y = mul(x, 0.5)").operands == ("x", 0.5)
    assert parse_step("y = view(x, shape=(-1, x.C // 2))").params == (("shape", Computed("(-1, x.C // 2)")),)
    assert parse_step("y = view(x, n=x.C)").params == (("n", Path("x", None, "C")),)


@pytest.mark.parametrize(
    "text", ["conv(x)", "y = x", "y = a.b(x)", "y.z = f(x)", "y = f(g(x))", "y = f(x", "a = f(x); b = g(x)"]
)
def test_mistakes(text: str) -> None:
    with pytest.raises(NotationError):
        parse_step(text)
