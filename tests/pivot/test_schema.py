from __future__ import annotations

from textwrap import dedent

import pytest

from pivot.problems import Refusal
from pivot.schema import check_op, parse_op

WHOLE = """
op = "scale"
inputs = "x: * C"
output = "y: * C"
layout = "last"
[params]
units = "int"
bias = "bool = True"
[weights]
factor = "C"
offset = "C ? bias"
mean = "C buffer"
[sizes]
C = "x.C"
[[torch]]
call = "torch.nn.Scale"
kind = "layer"
args = "size(x.C), units=units, *, bias=bias|True"
weights = { factor = "weight: C", offset = "bias: C" }
[[torch]]
operator = "x * 2"
[[keras]]
body = ["y = mul(x, 2)"]
[[example]]
torch = "nn.Scale(3)"
inputs = { x = "2x3" }
"""


def test_a_whole_file() -> None:
    op = parse_op(WHOLE, "scale.toml", "linear", "builtin")
    check_op(op)
    assert (op.name, op.title, op.family, op.origin, op.shape, op.layout) == (
        "scale",
        "scale",
        "linear",
        "builtin",
        "same",
        "last",
    )
    assert (op.weights["offset"].condition, op.weights["mean"].buffer, op.weights["factor"].letters) == (
        "bias",
        True,
        "C",
    )
    layer, operator = op.forms["torch"]
    assert (layer.kind, layer.spelling, layer.name, [slot.key for slot in layer.apply]) == (
        "layer", "call", "torch.nn.Scale", ["x"],
    )  # fmt: skip
    assert (operator.kind, operator.spelling, operator.name, len(operator.args)) == ("function", "operator", "*", 2)
    assert op.forms["keras"][0].spelling == "body"
    assert op.examples[0].texts == {"torch": "nn.Scale(3)"}
    assert op.letters("offset") == ("C",)


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "why"),
    [
        ('op = "scale"', 'op = "a b"', 2, 7, "not a name"),
        ('op = "scale"', "", 1, 1, "'op' is missing"),
        ('inputs = "x: * C"', 'inputs = "x: * C, y"', 3, 18, "name: LETTERS"),
        ('layout = "last"', 'layout = "first"', 5, 11, "unknown layout"),
        ('units = "int"', 'units = "integer"', 7, 10, "not a type"),
        ('factor = "C"', 'factor = "(g=ii C)"', 10, 11, "twice"),
        ("[sizes]", "[size]", 13, 1, "unknown table"),
        ("[sizes]", "[params]", 13, 1, "twice"),
        ('operator = "x * 2"', 'operator = "x * 2"\ncall = "a.b"', 20, 1, "exactly one of"),
        ('operator = "x * 2"', 'operator = "f(x)"', 21, 13, "not an operator"),
        ('kind = "layer"', 'kind = "module"', 17, 9, "layer or function"),
        ('kind = "layer"', 'kinds = "layer"', 17, 1, "unknown entry"),
        ("units=units, *", "units=unit, *", 18, 20, "no parameter 'unit'"),
        ("bias=bias|True", "bias=flip(bias)|True", 18, 36, "no codec 'flip'"),
        ("size(x.C)", "@z", 18, 9, "no operand 'z'"),
        ('"weight: C"', '": C"', 19, 11, "names no weight"),
        ('["y = mul(x, 2)"]', '["mul(x, 2)"]', 23, 8, "is not `name = op"),
        ('{ x = "2x3" }', '["2x3"]', 26, 10, "expected"),
    ],
)
def test_every_mistake_has_its_place(old: str, new: str, line: int, column: int, why: str) -> None:
    assert old in WHOLE
    with pytest.raises(Refusal, match=why) as error:
        check_op(parse_op(WHOLE.replace(old, new, 1), "scale.toml", "linear", "builtin"))
    problem = error.value.problem
    assert (problem.file, problem.line, problem.column) == ("scale.toml", line, column)
    assert problem.remedy


@pytest.mark.parametrize(
    ("spelling", "name", "slots"),
    [
        ('operator = "a + b"', "+", ["a", "b"]),
        ('operator = "-a"', "-x", ["a"]),
        ('operator = "a <= b"', "<=", ["a", "b"]),
        ('index = "a[place]"', "[]", ["a", "place"]),
        ('attribute = "a.mT"', "mT", ["a"]),
        ('method = "relu_"', "relu_", ["a"]),
    ],
)
def test_patterns_give_names_and_slots(spelling: str, name: str, slots: list[str]) -> None:
    text = f'op = "o"\ninputs = "a: *, b: * number"\n[params]\nplace = "index"\n[[torch]]\n{spelling}\n'
    (form,) = parse_op(dedent(text), "o.toml", "shape", "builtin").forms["torch"]
    assert (form.name, [slot.key for slot in form.args]) == (name, slots)
