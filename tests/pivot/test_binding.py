from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from pivot.binding import Bound, CodecUse, Constraint, Construction, Refused, normalise, read_apply, read_args
from pivot.dims import symbol
from pivot.op import Form
from pivot.opset import OpSet, load_opset
from pivot.schema import parse_op
from pivot.types import TensorType

X = TensorType((symbol("N", 2), 3, 8, 8))


@pytest.fixture(scope="module")
def opset() -> OpSet:
    return load_opset()


def form_of(text: str) -> Form:
    head = 'op = "o"\ninputs = "x: *, h: * ?, c: * ?, keep: * ?, xs: * +, n: * number"\n'
    return parse_op(head + text, "o.toml", "shape", "builtin").forms["torch"][0]


def read(form: Form, *args: object, **kwargs: object) -> Bound:
    bound = read_args(form, args, kwargs)
    assert isinstance(bound, Bound), bound
    return bound


def why(form: Form, args: Sequence[object], kwargs: Mapping[str, object]) -> str:
    refused = read_args(form, args, kwargs)
    assert isinstance(refused, Refused), refused
    return refused.why


def test_a_constructor(opset: OpSet) -> None:
    (form,) = opset.find("torch", "call", "torch.nn.Conv2d")
    bound = read(form, 3, 16, 3, 1, padding="same", bias=False)
    assert bound.params == {
        "filters": 16, "kernel": (3, 3), "stride": (1, 1), "padding": ((1, 1), (1, 1)), "dilation": (1, 1), "groups": 1,
        "bias": False,
    }  # fmt: skip
    assert bound.constraints == (Constraint("x", "C", 3),)
    assert bound.given == {
        "in_channels": 0, "out_channels": 1, "kernel_size": 2, "stride": 3, "padding": "padding", "bias": "bias",
    }  # fmt: skip
    assert bound.sources == {
        "filters": "out_channels", "kernel": "kernel_size", "stride": "stride", "padding": "padding", "bias": "bias",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("args", "kwargs", "reason"),
    [
        ((3, 16), {}, "argument 'kernel_size' is missing"),
        ((3, 16, 3), {"foo": 1}, "has no argument 'foo'"),
        ((3, 16, 3), {"in_channels": 3}, "argument 'in_channels' is given twice"),
        ((3, 16, 3), {"padding_mode": "reflect"}, "padding_mode='reflect' is not 'zeros'"),
        ((3, 16, (3, 3, 3)), {}, "kernel: 3 values for 2 axes"),
        ((3, 16, 3), {"groups": 1.5}, "groups: 1.5 is not an int"),
        (tuple(range(12)), {}, "takes 11 arguments, 12 are given"),
    ],
)
def test_refusals_say_why(opset: OpSet, args: Sequence[object], kwargs: Mapping[str, object], reason: str) -> None:
    assert why(opset.find("torch", "call", "torch.nn.Conv2d")[0], args, kwargs) == reason


def test_a_function_derives_parameters_from_its_weights(opset: OpSet) -> None:
    form = opset.find("torch", "call", "torch.nn.functional.conv2d")[0]
    bound = read(form, X, TensorType((8, 3, 3, 5)), padding=(1, 2))
    assert bound.params["filters"] == 8
    assert bound.params["kernel"] == (3, 5)
    assert bound.params["bias"] is False
    assert bound.params["padding"] == ((1, 1), (2, 2))
    assert bound.operands["bias"] is None


def test_a_tensor_of_the_wrong_rank_is_refused(opset: OpSet) -> None:
    form = opset.find("torch", "call", "torch.nn.functional.conv2d")[0]
    assert why(form, (TensorType((8, 8)), TensorType((8, 3, 3, 5))), {}) == "input has 2 axes where N C H W are needed"


def test_the_call_of_a_layer_keeps_its_parameters(opset: OpSet) -> None:
    (form,) = opset.find("torch", "call", "torch.nn.Conv2d")
    params = read(form, 3, 16, 3).params
    bound = read_apply(form, params, (), {"input": X})
    assert isinstance(bound, Bound)
    assert bound.params == params
    assert bound.operands == {"x": X}


def test_numbers_only_where_the_op_takes_them(opset: OpSet) -> None:
    form = next(f for f in opset.find("torch", "operator", "+") if f.op.name == "add")
    assert read(form, X, 2.0).operands == {"a": X, "b": 2.0}
    assert why(form, (X, "2"), {}) == "b must be a tensor"


def test_a_slot_may_want_a_tensor_where_the_op_takes_numbers() -> None:
    form = form_of('[[torch]]\ncall = "torch.max"\nargs = "@x, other=@tensor(n)"\n')
    assert read(form, X, X).operands == {"x": X, "n": X}
    assert why(form, (X, 1), {}) == "other must be a tensor"


def test_variadic_slots_take_one_sequence_or_all_the_rest() -> None:
    form = form_of('[params]\nshape = "dims"\n[[torch]]\nmethod = "view"\nargs = "@x, *shape=dims(shape)"\n')
    assert read(form, X, 2, -1).params == {"shape": (2, -1)}
    assert read(form, X, (2, -1)).params == {"shape": (2, -1)}
    assert read(form, X, shape=(4,)).params == {"shape": (4,)}
    assert why(form, (X, 2, -1, -1), {}) == "shape: only one size can be inferred"


def test_operands_in_lists_and_pairs() -> None:
    pair = form_of('[[torch]]\ncall = "f"\nargs = "@x, hx=@(h, c)|None"\n')
    assert read(pair, X, (X, X)).operands == {"x": X, "h": X, "c": X}
    assert read(pair, X).operands == {"x": X, "h": None, "c": None}
    assert why(pair, (X, (X,)), {}) == "hx needs 2 tensors"
    many = form_of('[[torch]]\ncall = "f"\nargs = "@[xs]"\n')
    assert read(many, [X, X]).operands == {"xs": (X, X)}
    assert why(many, (X,), {}) == "xs must be a list of tensors"
    spread = form_of('[[torch]]\ncall = "f"\nargs = "*tensors=@[xs]"\n')
    assert read(spread, X, X).operands == {"xs": (X, X)}


def test_tensor_codecs_flags_and_words_without_meaning() -> None:
    form = form_of('[[torch]]\ncall = "f"\nargs = "@x, mask=@not(keep)|None, inplace=!inplace|False, device=_|None"\n')
    bound = read(form, X, X, inplace=True, device="cpu")
    assert bound.codecs == {"keep": CodecUse("not", {})}
    assert bound.flags == {"inplace": True}
    assert bound.params == {}


def test_nested_constructors() -> None:
    form = form_of(
        '[params]\nunits = "int"\nbias = "bool"\n[[torch]]\ncall = "Both"\nkind = "layer"\n'
        "args = \"layer=$keras.layers.LSTM(units=units, *, use_bias=bias|True), merge='concat'|'concat'\"\n"
    )
    assert read(form, Construction("keras.layers.LSTM", (4,), {"use_bias": False})).params == {
        "units": 4,
        "bias": False,
    }
    assert why(form, (Construction("keras.layers.GRU", (4,), {}),), {}) == "layer is not made by keras.layers.LSTM"


def test_a_parameter_is_not_said_twice_differently() -> None:
    form = form_of('[params]\nk = "int"\n[[torch]]\ncall = "f"\nargs = "a=k, b=k|1"\n')
    assert read(form, 1).params == {"k": 1}
    assert why(form, (2,), {}) == "'k' is said twice, as 2 and 1"


def test_defaults_of_the_framework_not_of_the_op() -> None:
    form = form_of('[params]\nepsilon = "float = 1e-5"\n[[torch]]\ncall = "f"\nargs = "epsilon=epsilon|0.001"\n')
    assert read(form).params == {"epsilon": 0.001}
    assert read(form).sources == {}


def test_normal_parameters(opset: OpSet) -> None:
    softmax = opset.ops["softmax"]
    assert normalise(softmax, {"axis": -1}, {"x": X}) == {"axis": 3}
    assert normalise(softmax, {"axis": -1}, {}) == {"axis": -1}
    assert normalise(softmax, {"axis": 4}, {"x": X}) == Refused("axis: axis 4 does not exist in a tensor of 4 axes")
    assert normalise(softmax, {"dim": 0}, {}) == Refused("the op softmax has no parameter 'dim'")
    assert normalise(opset.ops["linear"], {}, {}) == Refused("parameter 'units' is missing")
    assert normalise(opset.ops["unsqueeze"], {"axes": -1}, {"x": X}) == {"axes": (4,)}
