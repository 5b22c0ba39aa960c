from __future__ import annotations

from collections.abc import Mapping

import pytest

from pivot.binding import Refused, normalise
from pivot.codecs.base import DottedName
from pivot.dims import symbol
from pivot.op import Form
from pivot.opset import OpSet, load_opset
from pivot.schema import parse_op
from pivot.spelling import Nested, OperandRef, PlainFacts, Written, accepts, write_slots
from pivot.types import TensorType

N = symbol("N", 2)
X = TensorType((N, 3, 8, 8))


@pytest.fixture(scope="module")
def opset() -> OpSet:
    return load_opset()


def form_of(text: str) -> Form:
    head = 'op = "o"\ninputs = "x: * F, h: * ?, c: * ?, keep: * ?, xs: * +"\noutputs = "y: *, s: *"\n'
    return parse_op(head + text, "o.toml", "shape", "builtin").forms["torch"][0]


def shown(written: tuple[Written, ...] | Refused) -> list[tuple[str, object]]:
    assert not isinstance(written, Refused), written
    return [(each.name or "" if each.keyword else "", each.value) for each in written]


def write(form: Form, params: Mapping[str, object], part: str = "args", **operands: object) -> list[tuple[str, object]]:
    return shown(write_slots(form, part, params, PlainFacts(params, operands)))


@pytest.mark.parametrize(
    ("framework", "call", "given", "written"),
    [
        ("torch", "torch.nn.Conv2d", {}, [("", 3), ("", 16), ("", 3)]),
        ("torch", "torch.nn.Conv2d", {"padding": 1}, [("", 3), ("", 16), ("", 3), ("padding", 1)]),
        ("torch", "torch.nn.Conv2d", {"padding": ((1, 2), (1, 2)), "kernel": 4},
         [("", 3), ("", 16), ("", 4), ("padding", "same")]),
        ("keras", "keras.layers.Conv2D", {"padding": 1}, [("", 16), ("", 3), ("padding", "same")]),
        ("keras", "keras.layers.Conv2D", {"stride": 2}, [("", 16), ("", 3), ("strides", 2)]),
        ("keras", "keras.layers.Conv2D", {"stride": (1, 2), "bias": False},
         [("", 16), ("", 3), ("strides", (1, 2)), ("use_bias", False)]),
    ],
)  # fmt: skip
def test_constructors(
    opset: OpSet, framework: str, call: str, given: dict[str, object], written: list[tuple[str, object]]
) -> None:
    form = opset.find(framework, "call", call)[0]
    params = normalise(form.op, {"filters": 16, "kernel": 3} | given, {"x": X})
    assert isinstance(params, dict)
    assert write(form, params, x=X) == written


def test_what_cannot_be_said_is_refused(opset: OpSet) -> None:
    form = opset.find("keras", "call", "keras.layers.Conv2D")[0]
    params = normalise(form.op, {"filters": 16, "kernel": 3, "padding": 1, "stride": 2}, {"x": X})
    assert isinstance(params, dict)
    refused = write_slots(form, "args", params, PlainFacts(params, {"x": X}))
    assert refused == Refused("Keras has no explicit padding argument")


def test_a_size_must_be_a_fixed_number(opset: OpSet) -> None:
    form = opset.find("torch", "call", "torch.nn.Linear")[0]
    params = {"units": 5, "bias": True}
    assert write(form, params, x=TensorType((2, 4))) == [("", 4), ("", 5)]
    refused = write_slots(form, "args", params, PlainFacts(params, {"x": TensorType((2, N))}))
    assert refused == Refused("in_features needs the size x.I, which is N, not a fixed number")


def test_a_size_is_found_in_another_order(opset: OpSet) -> None:
    form = opset.find("torch", "call", "torch.nn.Conv2d")[0]
    params = {"filters": 16, "kernel": (3, 3)}
    facts = PlainFacts(params, {"x": TensorType((N, 8, 8, 5))}, order={"x": ("N", "H", "W", "C")})
    assert shown(write_slots(form, "args", params, facts))[0] == ("", 5)


def test_an_axis_that_is_the_default_is_left_out(opset: OpSet) -> None:
    form = opset.find("torch", "call", "torch.softmax")[0]
    assert write(form, {"axis": 3}, x=X) == [("", OperandRef("x")), ("dim", 3)]
    keras = opset.find("keras", "call", "keras.ops.softmax")[0]
    assert write(keras, {"axis": 3}, x=X) == [("", OperandRef("x"))]
    assert [value for _, value in write(keras, {"axis": 1}, x=X)] == [OperandRef("x"), 1]


def test_operands() -> None:
    form = form_of('[[torch]]\ncall = "f"\nargs = "@x, mask=@not(keep)|None, hx=@(h, c)|None, ts=@[xs]|()"\n')
    assert write(form, {}, x=X) == [("", OperandRef("x"))]
    assert write(form, {}, x=X, keep=X, h=X, c=X, xs=(X, X)) == [
        ("", OperandRef("x")),
        ("", OperandRef("keep", "not")),
        ("", OperandRef("h", others=("c",), form="tuple")),
        ("", OperandRef("xs", listed=True, form="list")),
    ]
    assert write_slots(form, "args", {}, PlainFacts({}, {"x": X, "h": X})) == Refused("hx needs all of h, c")
    assert write_slots(form, "args", {}, PlainFacts({}, {})) == Refused("x needs the operand 'x'")


def test_after_a_gap_arguments_are_written_by_keyword() -> None:
    form = form_of(
        '[params]\na = "int = 1"\nb = "int = 2"\n[[torch]]\ncall = "f"\nargs = "a=a|1, device=_|None, b=b|2"\n'
    )
    assert write(form, {"a": 5, "b": 2}) == [("", 5)]
    assert write(form, {"a": 1, "b": 3}) == [("b", 3)]
    assert write(form, {"a": 5, "b": 3}) == [("", 5), ("b", 3)]


def test_what_only_has_a_place_needs_all_before_it() -> None:
    form = form_of('[params]\na = "int = 1"\nb = "int = 2"\n[[torch]]\ncall = "f"\nargs = "a=a|1, b|2"\n')
    assert write(form, {"a": 1, "b": 3}) == [("", 1), ("", 3)]
    assert write(form, {"a": 1, "b": 2}) == []


def test_other_values() -> None:
    form = form_of(
        '[params]\nunits = "int"\nkind = "dtype"\n[[torch]]\ncall = "f"\n'
        'args = "layer=$g.H(units=units, *, flat=True|False), dtype=dtype_torch(kind), n=used(s)|True, f=sizes(x.F)"\n'
    )
    params = {"units": 4, "kind": "int64"}
    nested, dtype, sizes = write(form, params, x=X)
    assert isinstance(nested[1], Nested)
    assert (nested[1].call, shown(nested[1].arguments)) == ("g.H", [("", 4), ("flat", True)])
    assert dtype == ("", DottedName("torch.int64"))
    assert sizes == ("f", (8,))
    facts = PlainFacts(params, {"x": X}, unused=frozenset({"s"}))
    assert shown(write_slots(form, "args", params, facts))[2:] == [("", False), ("", (8,))]


def test_a_source_expression_is_kept_only_if_it_says_the_same(opset: OpSet) -> None:
    form = opset.find("keras", "call", "keras.layers.ZeroPadding1D")[0]
    slot = form.args[0]
    params = {"padding": ((2, 2),)}
    facts = PlainFacts(params, {"x": TensorType((N, 3, 8))})
    assert accepts(form, slot, 2, params, facts)
    assert not accepts(form, slot, (2,), params, facts)
    assert not accepts(form, slot, 3, params, facts)
