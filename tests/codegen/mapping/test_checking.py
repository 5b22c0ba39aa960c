"""A mapping is checked live: the shapes it gives, the line it writes, or why it does not work."""

from __future__ import annotations

import pytest

from codegen.mapping.call import Argument, Call
from codegen.mapping.checking import Checked, check
from codegen.mapping.matching import match
from codegen.mapping.texts import code_text, extending_text, input_letters, steps_text
from pivot.decisions import Decision, Where
from pivot.opset import load_opset
from pivot.slots import NotationError

HERE = Where("net.py", "Net.forward", "f(x)")
ROWS = Argument(None, "x", "tensor", (("N", 64, "(H//8)*(W//8)"),), ("float32",))
IMAGE = Argument(None, "x", "tensor", (("N", 3, "H", "W"),), ("float32",))
WAVE = Call("call", "lib.wave", "function", HERE, (ROWS,))
OPS = load_opset().ops


def value(text: str, keyword: str | None = None) -> Argument:
    return Argument(keyword, text, "value", (), (), text)


def checked(call: Call, ops: str, target: str = "keras") -> Checked:
    return check(Decision("map", call.spelling, call.name, "t", ops), call, "torch", target)


def mapped(call: Call, op: str, target: str = "keras") -> Checked:
    draft = match(call, OPS[op], "torch")
    return checked(call, extending_text(call, draft, OPS[op], "torch"), target)


def test_one_op_keeps_symbolic_shapes_and_says_the_line() -> None:
    found = mapped(WAVE, "abs")
    assert (found.why, found.line) == ("", "ops.abs(x)")
    assert found.shapes == (("N", 64, "(H//8)*(W//8)"),)
    assert mapped(WAVE, "abs", "torch").line == "torch.abs(x)"


def test_a_decomposition_and_a_layer_are_said_whole() -> None:
    pool = Call("call", "lib.pool", "function", HERE, (IMAGE, value("3"), value("2", "stride"), value("1", "padding")))
    found = mapped(pool, "max_pool2d")
    assert found.line.startswith("ops.max_pool(ops.pad(x, ") and found.line.endswith(", 3, strides=2)")
    assert found.shapes == (("N", 3, "(H + 1)//2", "(W + 1)//2"),)
    conv = Call("call", "lib.Conv", "layer", HERE, (value("3"), value("8"), value("3")), (IMAGE,))
    assert mapped(conv, "conv2d").line == "layers.Conv2D(8, 3)(x)"


def test_a_number_of_the_call_may_be_an_operand_of_a_step() -> None:
    call = Call("call", "lib.leak", "function", HERE, (ROWS, value("3.0")))
    assert "3.0" in mapped(call, "leaky_relu").line


def test_constants_that_the_call_does_not_give() -> None:
    call = Call("call", "lib.lim", "function", HERE, (ROWS,))
    draft = match(call, OPS["clamp"], "torch").with_constant("low", "0.0").with_constant("high", "6.0")
    assert checked(call, extending_text(call, draft, OPS["clamp"], "torch")).line == "ops.clip(x, 0.0, 6.0)"


def test_several_steps_the_last_of_which_needs_no_name() -> None:
    found = checked(WAVE, steps_text(WAVE, ["a = square(x)", "cos(a)"], "wave", "torch"))
    assert found.line == "ops.cos(ops.square(x))"
    shrunk = checked(WAVE, steps_text(WAVE, ["a = sum(x, axes=(-1,))"], "wave", "torch"))
    assert shrunk.shapes == (("N", 64),)
    assert "'nope'" in checked(WAVE, steps_text(WAVE, ["a = nope(x)"], "wave", "torch")).why


def test_values_of_the_call_can_be_used_in_steps() -> None:
    call = Call("call", "lib.wave", "function", HERE, (ROWS, value("2.0", "rate")))
    found = checked(call, steps_text(call, ["a = elu(x, alpha=rate)"], "wave", "torch"))
    assert found.line == "ops.elu(x, 2.0)"


def test_own_code_declares_its_result_by_letters() -> None:
    code = "def wave(x):\n    return ops.sum(x, 1)\n"
    assert input_letters(WAVE) == (("x", "A B C"),)
    assert checked(WAVE, code_text(WAVE, code, "A C", "torch", "keras")).shapes == (("N", "(H//8)*(W//8)"),)
    assert checked(WAVE, code_text(WAVE, code, "A B//2 10", "torch", "keras")).shapes == (("N", 32, 10),)
    whole = checked(WAVE, code_text(WAVE, code, "", "torch", "keras"))
    assert (whole.line, whole.shapes) == ("wave(x)", (("N", 64, "(H//8)*(W//8)"),))


@pytest.mark.parametrize(
    ("code", "output", "why"),
    [
        ("def wave(x, y): pass", "", "must take the tensors"),
        ("def wave(x:", "", "mistake in line 1"),
        ("import os", "", "one function"),
        ("def wave(x): pass", "A Q", "neither an axis"),
        ("def wave(x): pass", "A __import__('os')", "neither an axis"),
    ],
)
def test_wrong_code_is_refused_without_running_it(code: str, output: str, why: str) -> None:
    with pytest.raises(NotationError, match=why):
        code_text(WAVE, code, output, "torch", "keras")


def test_what_does_not_work_says_why() -> None:
    assert mapped(WAVE, "conv2d").why == "parameter 'filters' is missing"
    assert "axes where" in mapped(WAVE, "pixel_shuffle").why
    call = Call("call", "lib.two", "function", HERE, (ROWS, Argument(None, "mode", "unknown")))
    assert "not known" in mapped(call, "abs").why
