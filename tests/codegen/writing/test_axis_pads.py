"""Padding of any axes stays in the order in which tensors are stored, in the words of the source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.static_proof import Proof

Call = Callable[..., str]


@pytest.mark.parametrize(
    ("source", "shape", "target"),
    [
        ("F.pad(x, (0, 0, 1, 0))", "2x5x4", "ops.pad(x, ((0, 0), (1, 0), (0, 0)))"),
        ("F.pad(x, (1, 0), value=-1.0)", "2x5x5", "ops.pad(x, ((0, 0), (0, 0), (1, 0)), constant_values=-1.0)"),
        ("F.pad(x, (0, 0, 0, self.p, 0, 2))", "2x5x6x4", "ops.pad(x, ((0, 0), (0, 2), (0, self.p), (0, 0)))"),
        ("F.pad(x, [self.p, 1], 'constant', 0)", "2x5", "ops.pad(x, ((0, 0), (self.p, 1)))"),
    ],
)
def test_no_axis_moves_for_it(call: Call, source: str, shape: str, target: str) -> None:
    assert call("self.p = 3", f"return {source}", shape) == f"return {target}"


def test_sizes_say_how_much(call: Call) -> None:
    made = call("self.c = nn.Conv2d(3, 3, 1)", "return F.pad(self.c(x), (0, x.shape[3] % 4, 1, 2))", "2x3x8x6")
    assert made.endswith("ops.pad(self.c(x), ((0, 0), (1, 2), (0, ops.shape(x)[2] % 4), (0, 0)))")


@pytest.mark.parametrize(
    ("pads", "target"),
    [
        ("((0, 0), (1, 0), (0, 0), (0, 0))", "F.pad(y, (0, 0, 1, 0))"),
        ("[[0, 0], [0, 0], [0, 0], [2, 1]]", "F.pad(y, (0, 0, 0, 0, 2, 1))"),
        ("((0, 0), (0, h % 4), (w, 0), (0, 0))", "F.pad(y, (w, 0, 0, h % 4))"),
    ],
)
def test_the_way_back(
    write_source: Callable[..., Path],
    to_torch: Callable[..., tuple[Converted, Proof]],
    pads: str,
    target: str,
) -> None:
    source = f"""
    from keras import Model, layers, ops

    class Net(Model):
        def __init__(self):
            super().__init__()
            self.conv = layers.Conv2D(4, 3)

        def call(self, x):
            h, w = x.shape[1], x.shape[2]
            y = self.conv(x)
            return ops.pad(y, {pads})
    """
    made, proof = to_torch(write_source(source), "1x9x7x3", model="Net()")
    assert proof.why is None
    assert f"return {target}\n" in made.text


def test_a_function_of_the_program_says_how_much(net: Callable[..., str]) -> None:
    before = """
def pads(x, k):
    h, w = x.shape[2:]
    return 0, -w % k, 0, -h % k
"""
    made = net(
        "self.k = k", "return F.pad(x, pads(x, self.k))", "2x3x8x6", signature="k", before=before, model="Net(4)"
    )
    assert "pads(x, self.k)" in made and "[2], " in made
