"""The shape of an op that is only a decomposition."""

from __future__ import annotations

import pytest

from pivot.decisions import Decision
from pivot.opset import load_opset
from pivot.shapes import ShapeError, infer
from pivot.types import TensorType

OP = """op = "own"
inputs = "x: *"
output = "y: *"
shape = "body"
[[torch]]
call = "lib.own"
args = "@x"
[[keras]]
body = [{steps}]
"""
X = TensorType((2, 3, 8), "float32")


def shape(*steps: str) -> tuple[object, ...]:
    text = OP.format(steps=", ".join(f'"{step}"' for step in steps))
    op = load_opset((), [Decision("map", "call", "lib.own", "own", text)]).ops["own"]
    return tuple(made.shape for made in infer(op, {}, {"x": X}))


def test_steps_follow_each_other() -> None:
    assert shape("a = sum(x, axes=(-1,))", "b = square(a)", "y = unsqueeze(b, axes=0)") == ((1, 2, 3),)


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        (("y = nothing(x)",), "nothing"),
        (("a = square(x)",), "no step gives 'y'"),
        (("y = square(z)",), "nothing before it gives 'z'"),
        (("y = add(x)",), "step 1, add: the operand 'b' is missing"),
        (("y = sum(x, axes=(7,))",), "step 1, sum: axes"),
    ],
)
def test_what_does_not_fit_names_the_step(steps: tuple[str, ...], why: str) -> None:
    with pytest.raises(ShapeError, match=why):
        shape(*steps)
