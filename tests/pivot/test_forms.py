from __future__ import annotations

import pytest

from pivot.binding import Refused
from pivot.dims import Dim, symbol
from pivot.forms import expand_body, face, weight_shape
from pivot.opset import OpSet, load_opset
from pivot.schema import parse_op
from pivot.spelling import PlainFacts
from pivot.types import TensorType

N, C = symbol("N", 2), symbol("C", 6)
X = TensorType((N, 3, 8, 8))


@pytest.fixture(scope="module")
def opset() -> OpSet:
    return load_opset()


def test_the_op_itself_inherits_its_parameters(opset: OpSet) -> None:
    conv = opset.ops["conv2d"]
    params = {"filters": 4, "kernel": (3, 3), "stride": (2, 2), "padding": ((1, 1), (1, 1)), "bias": False}
    body = next(form for form in conv.forms["keras"] if form.spelling == "body")
    steps = expand_body(body, params, PlainFacts(params, {"x": X}), opset.ops)
    assert not isinstance(steps, Refused)
    pad, inner = steps
    assert (pad.results, pad.op.name, pad.operands, pad.params["padding"]) == (
        ("p",),
        "zero_pad2d",
        {"x": "x"},
        ((1, 1), (1, 1)),
    )
    assert (inner.results, inner.op, inner.operands) == (("y",), conv, {"x": "p"})
    assert inner.params == params | {"padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 1}


BODY = """
op = "o"
inputs = "x: N C *, h: * ?"
[params]
n = "int"
axis = "axis = 1"
[[keras]]
body = ["a = concat([x, x], axis=axis)", "b = reshape(a, shape=(-1, n * 2, x.C))", "y = add(b, b=0.5)"]
[[keras]]
body = ["y = reshape(x, size=n)"]
[[keras]]
body = ["y = nothing(x)"]
[[keras]]
body = ["y = reshape(x, shape=flat_dims(x, axis, 2))"]
"""


def test_values_of_steps(opset: OpSet) -> None:
    op = parse_op(BODY, "o.toml", "shape", "builtin")
    params = {"n": 3}
    facts = PlainFacts(params, {"x": TensorType((N, 4, 5))})
    steps, wrong, missing, coded = (expand_body(form, params, facts, opset.ops) for form in op.forms["keras"])
    assert not isinstance(steps, Refused)
    assert [step.params for step in steps] == [{"axis": 1}, {"shape": (-1, 6, 4)}, {}]
    assert [step.operands for step in steps] == [{"xs": ("x", "x")}, {"x": "a"}, {"a": "b", "b": 0.5}]
    assert wrong == Refused("the op reshape has no parameter 'size'")
    assert missing == Refused("the decomposition uses the op 'nothing', which does not exist")
    assert not isinstance(coded, Refused)
    assert coded[0].params == {"shape": (-1, 20)}


@pytest.mark.parametrize(
    ("op", "weight", "params", "sizes", "shape"),
    [
        ("conv2d", "kernel", {"filters": 8, "kernel": (3, 5), "groups": 2}, {"x.C": 6}, (8, 3, 3, 5)),
        ("conv2d", "kernel", {"filters": 8, "kernel": (3, 5)}, {"C": C}, (8, C, 3, 5)),
        ("linear", "bias", {"units": 5}, {}, (5,)),
        ("lstm", "kernel", {"units": 5}, {"x.F": 7}, (20, 7)),
    ],
)
def test_shapes_of_weights(
    opset: OpSet, op: str, weight: str, params: dict[str, object], sizes: dict[str, Dim], shape: tuple[Dim, ...]
) -> None:
    assert weight_shape(opset.ops[op], weight, params, sizes) == shape


def test_a_size_that_is_not_known_is_named(opset: OpSet) -> None:
    with pytest.raises(ValueError, match=r"x\.C is not known"):
        weight_shape(opset.ops["conv2d"], "kernel", {"filters": 8, "kernel": (3, 3)}, {})


def test_a_letter_for_several_axes() -> None:
    op = parse_op(
        'op = "o"\n[params]\nshape = "dims"\n[weights]\nscale = "S"\n[sizes]\nS = "shape"\n', "o.toml", "x", "builtin"
    )
    assert weight_shape(op, "scale", {"shape": (4, 5)}, {}) == (4, 5)


def test_faces(opset: OpSet) -> None:
    slots = {slot.key: slot for slot in opset.find("torch", "call", "torch.nn.Conv2d")[0].args}
    assert [face(slots[key]) for key in ("out_channels", "stride", "padding", "padding_mode", "in_channels")] == [
        "plain", "ntuple", "pads", None, None,
    ]  # fmt: skip
