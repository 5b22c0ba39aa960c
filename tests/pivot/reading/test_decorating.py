"""Decorators that replace a function, that register it, and that nobody knows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated

SOURCE = """
import functools
import somewhere

TABLE = []

def register(fn):
    TABLE.append(fn)
    return fn

def scaled(by):
    def decorate(fn):
        @functools.wraps(fn)
        def wrapper(*args, **kwargs):
            return fn(*args, **kwargs) * by
        return wrapper
    return decorate

class Halved:
    def __init__(self, fn):
        self.fn = fn
    def __call__(self, x):
        return self.fn(x) / 2

def strange(fn):
    return somewhere.compiled(fn) + fn.__code__

def wrap(fn):
    return lambda x: -fn(x)

{decorator}
def act(x):
    return torch.relu(x)

class Net(nn.Module):
    {method}
    def forward(self, x):
        return act(x)
"""


def ops(done: Elaborated) -> list[str]:
    return [n.op.name for n in done.network.nodes if n.op is not None]


@pytest.mark.parametrize(
    ("decorator", "method", "expected"),
    [
        ("@register", "", ["relu"]),
        ("@scaled(3.0)", "", ["relu", "mul"]),
        ("@register\n@scaled(3.0)\n@Halved", "", ["relu", "div", "mul"]),
        ("@wrap", "", ["relu", "neg"]),
        ("", "@scaled(2)", ["relu", "mul"]),
    ],
)
def test_what_a_decorator_gives_is_called(
    read: Callable[..., Elaborated], decorator: str, method: str, expected: list[str]
) -> None:
    done = read(SOURCE.format(decorator=decorator, method=method), "2x4")
    assert ops(done) == expected
    assert not [p for p in done.network.problems if p.code == "decorator"]


def test_a_decorator_of_an_unread_library_is_a_warning(read: Callable[..., Elaborated]) -> None:
    done = read(SOURCE.format(decorator="@somewhere.traced", method=""), "2x4")
    assert ops(done) == ["relu"]
    assert any("'traced' does to act" in p.why and p.severity == "warning" for p in done.network.problems)


def test_a_decorator_of_the_program_that_cannot_be_read_is_refused(read: Callable[..., Elaborated]) -> None:
    with pytest.raises(Refusal, match=r"act: .*decorator"):
        read(SOURCE.format(decorator="@strange", method=""), "2x4")


def test_functions_that_build_a_model_stand_as_they_are(read: Callable[..., Elaborated]) -> None:
    text = SOURCE.format(decorator="", method="") + "\n@scaled(2)\ndef build():\n    return Net()\n"
    assert ops(read(text, "2x4", model="build()")) == ["relu"]
