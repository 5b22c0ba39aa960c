from __future__ import annotations

import pytest

from pivot.slot_text import parse_call, parse_reference, parse_slots
from pivot.slots import (
    MISSING,
    Coded,
    Flag,
    Ignored,
    Literal,
    Made,
    NotationError,
    Operand,
    Path,
    SizeOf,
    Slot,
    Used,
)


def test_a_layer_constructor() -> None:
    text = "in_channels=size(x.C), out_channels=filters, *, stride=pair(stride)|1, mode='zeros'|'zeros', device=_|None"
    assert parse_slots(text) == (
        Slot("in_channels", SizeOf("x", "C")),
        Slot("out_channels", Path("filters")),
        Slot("stride", Coded("pair", Path("stride"), ()), 1, keyword=True),
        Slot("mode", Literal("zeros"), "zeros", keyword=True),
        Slot("device", Ignored(), None, keyword=True),
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("@x", Operand(("x",))),
        ("@[xs]", Operand(("xs",), form="list")),
        ("@(h0, c0)", Operand(("h0", "c0"), form="tuple")),
        ("@not(keep)", Operand(("keep",), "not")),
        ("@time_major(x, batch_first)", Operand(("x",), "time_major", (Path("batch_first"),))),
        ("pads(padding, kernel[0], 'same')", Coded("pads", Path("padding"), (Path("kernel", 0), Literal("same")))),
        ("size_like(n, x.C)", Coded("size_like", Path("n"), (Path("x", None, "C"),))),
        ("sizes(x.F)", SizeOf("x", "F", listed=True)),
        ("used(scores)", Used("scores")),
        ("!inplace", Flag("inplace")),
        ("_", Ignored()),
        ("-1.5e-3", Literal(-1.5e-3)),
        ("(1, -2)", Literal((1, -2))),
        ("(1,)", Literal((1,))),
        ("()", Literal(())),
        ("[1, 'a']", Literal([1, "a"])),
        ("None", Literal(None)),
        ("-inf", Literal(float("-inf"))),
    ],
)  # fmt: skip
def test_values(text: str, value: object) -> None:
    (slot,) = parse_slots(text)
    assert slot.value == value
    assert slot.default is MISSING


def test_a_variadic_slot_makes_what_follows_keyword_only() -> None:
    receiver, shape, after = parse_slots("@x, *shape=dims(shape), out=None|None")
    assert (receiver.name, shape.variadic, shape.keyword, after.keyword) == (None, True, False, True)


def test_a_nested_constructor() -> None:
    (slot,) = parse_slots("layer=$keras.layers.LSTM(units=units, *, use_bias=bias|True)")
    assert slot.value == Made(
        "keras.layers.LSTM", (Slot("units", Path("units")), Slot("use_bias", Path("bias"), True, keyword=True))
    )


def test_keys_name_slots_without_a_name() -> None:
    assert [slot.key for slot in parse_slots("@x, axis, dims(shape), n=k")] == ["x", "axis", "shape", "n"]


@pytest.mark.parametrize(
    ("text", "column", "why"),
    [
        ("a=b c=d", 4, "expected ','"),
        ("a=b, a=c", 5, "twice"),
        ("a=pair(3)", 2, "needs a parameter"),
        ("a=?", 2, "no meaning"),
        ("*, @x", 3, "needs a name"),
        ("*, b=c, *, d=e", 8, "second"),
        ("a=size(x)", 2, "one operand axis"),
        ("a=b|", 4, "expected a literal"),
        ("a=(1", 4, "expected"),
        ("a=@[xs", 6, "expected"),
        ("*pair(b)", 0, "needs a name"),
    ],
)
def test_errors_have_a_column(text: str, column: int, why: str) -> None:
    with pytest.raises(NotationError, match=why) as error:
        parse_slots(text)
    assert error.value.column == column


def test_references_and_calls() -> None:
    assert parse_reference("kernel[-1]") == Path("kernel", -1)
    assert parse_reference("x.H'") == Path("x", None, "H'")
    assert parse_call("equal(p, (1, 1))") == ("equal", (Path("p"), Literal((1, 1))))
    assert parse_call("p") is None
