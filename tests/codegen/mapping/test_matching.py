"""Arguments are matched to an op by name, position and type; whatever is not matched is left to a person."""

from __future__ import annotations

import pytest

from codegen.mapping.call import Argument, Call
from codegen.mapping.matching import choices, match, unsaid
from pivot.decisions import Where
from pivot.opset import load_opset

HERE = Where("net.py", "Net.forward", "f(x)")
IMAGE = Argument(None, "x", "tensor", (("N", 3, "H", "W"),), ("float32",))


def value(text: str, keyword: str | None = None) -> Argument:
    return Argument(keyword, text, "value", (), (), text)


def meanings(call: Call, op: str) -> list[tuple[str, str]]:
    draft = match(call, load_opset().ops[op], "torch")
    return [(row.meaning, row.by) for row in (*draft.rows, *draft.applied)]


def test_names_and_positions_of_the_ops_own_spelling_come_first() -> None:
    call = Call("call", "lib.pool", "function", HERE, (IMAGE, value("3"), value("2", "stride"), value("7", "odd")))
    assert meanings(call, "max_pool2d") == [
        ("@x", "position"),
        ("pair(kernel)", "position"),
        ("pair_or(stride, kernel)", "name"),
        ("_", ""),
    ]


def test_a_layer_is_matched_where_it_is_made_and_where_it_is_applied() -> None:
    call = Call("call", "lib.Conv", "layer", HERE, (value("3"), value("16"), value("5")), (IMAGE,))
    assert meanings(call, "conv2d") == [
        ("size(x.C)", "position"),
        ("filters", "position"),
        ("pair(kernel)", "position"),
        ("@x", "position"),
    ]


def test_types_decide_where_names_and_positions_do_not() -> None:
    call = Call("call", "lib.soft", "function", HERE, (value("-1", "along"), value("None", "out"), IMAGE))
    assert ("axis", "type") in meanings(call, "softmax")
    assert ("@x", "type") in meanings(call, "softmax")
    assert ("_", "type") in meanings(call, "softmax")  # None says nothing


@pytest.mark.parametrize("text", ["'same'", "True"])
def test_a_value_that_does_not_fit_is_not_taken(text: str) -> None:
    call = Call("call", "lib.soft", "function", HERE, (IMAGE, value(text)))
    assert meanings(call, "softmax")[1] == ("_", "")


def test_what_is_left_is_told_the_needed_first_and_can_be_given_by_hand() -> None:
    op = load_opset().ops["conv2d"]
    call = Call("call", "lib.Conv", "layer", HERE, (), (IMAGE,))
    draft = match(call, op, "torch")
    assert unsaid(draft, op)[:2] == ("filters", "kernel")
    assert draft.with_constant("filters", "8").with_constant("filters", "").constants == ()
    assert draft.with_row(0, "@x", applied=True).applied[0].by == "hand"
    assert choices(op, call, "torch", IMAGE)[0] == "@x"
    assert "pair(kernel)" in choices(op, call, "torch", value("3"))


@pytest.mark.parametrize("keyword", ["kernelSize", "kernel_sizes"])
def test_a_name_that_is_nearly_the_same_is_taken(keyword: str) -> None:
    call = Call("call", "lib.pool", "function", HERE, (IMAGE, value("3", keyword)))
    assert meanings(call, "max_pool2d") == [("@x", "position"), ("pair(kernel)", "name")]
