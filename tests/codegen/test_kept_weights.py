"""Weights that a program reads, in the order in which the target's layer keeps them."""

from __future__ import annotations

import pytest

from codegen.kept_weights import order_in, order_of
from pivot.opset import load_opset


def test_an_order_of_letters() -> None:
    assert order_of(("H", "W", "I", "O"), ("O", "I", "H", "W")) == (3, 2, 0, 1)
    assert order_of(("I", "O"), ("O", "I", "H")) is None
    assert order_of(("I", "I"), ("I", "I")) is None


@pytest.mark.parametrize(("name", "order"), [("Dense", (1, 0)), ("Conv1D", (2, 1, 0)), ("Embedding", (0, 1))])
def test_the_order_in_another_framework(name: str, order: tuple[int, ...]) -> None:
    form = load_opset().find("keras", "call", f"keras.layers.{name}")[0]
    assert order_in(form, "table" if name == "Embedding" else "kernel", "torch") == order
    assert order_in(form, "none", "torch") is None
