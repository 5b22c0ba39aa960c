"""Own target code is compared by what it says, not by how it imports the framework."""

from __future__ import annotations

import ast

import pytest

from pivot.own_code import is_same, parameters
from pivot.slots import NotationError

CODE = "def wave(x, rate=1):\n    # a remark\n    return ops.cos(x) * rate\n"


def function(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def test_short_and_long_names_are_the_same_function() -> None:
    assert is_same(function(CODE.replace("ops", "keras.ops")), CODE, "keras")
    assert not is_same(function(CODE.replace("cos", "sin")), CODE, "keras")
    assert not is_same(function("class wave: pass"), CODE, "keras")


def test_a_name_that_the_function_binds_itself_stays() -> None:
    own = "def wave(ops):\n    return ops.cos\n"
    assert not is_same(function(own.replace("return ops", "return keras.ops")), own, "keras")


def test_parameters_are_read_without_running_anything() -> None:
    assert parameters(CODE) == ("x", "rate")
    with pytest.raises(NotationError, match="one function"):
        parameters("import os")
