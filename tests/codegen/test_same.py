"""Where source and target are of one framework nothing is lowered, and weights keep their names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from codegen.convert import write_target
from codegen.static_proof import compare_networks, prove
from codegen.weights.mapping import carry_weights
from pivot.opset import OpSet
from pivot.reading.elaborate import Request, elaborate
from pivot.reading.inputs import parse_spec
from pivot.reading.torch import TorchDialect

NET = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width={width}):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3, padding=1)
        self.norm = nn.BatchNorm2d(width)
        self.scale = nn.Parameter(torch.ones(width))
        self.fc = nn.Linear(width, 2)

    def forward(self, x):
        x = self.norm(self.conv(x)).permute(0, 2, 3, 1) * self.scale
        return self.fc(x.mean((1, 2)){end})
"""


def test_no_order_changes_and_weights_pass_through(write_source: Callable[..., Path], opset: OpSet) -> None:
    path = write_source(NET.format(width=4, end=""))
    done = elaborate(Request(path, None, (parse_spec("1x3x8x8"),)), TorchDialect(), opset)
    made = write_target(done, "torch", opset)
    proof = prove(made, TorchDialect(), opset, path.with_name("copy.py"))
    assert proof.equal
    assert all(made.layout.order_of(value) == (0, 1, 2, 3) for value in [i.value for i in done.network.inputs])
    shapes = {
        "conv.weight": (4, 3, 3, 3), "conv.bias": (4,), "norm.weight": (4,), "norm.bias": (4,),
        "norm.running_mean": (4,), "norm.running_var": (4,), "norm.num_batches_tracked": (),
        "scale": (4,), "fc.weight": (2, 4), "fc.bias": (2,),
    }  # fmt: skip
    state = {name: np.random.default_rng(0).normal(size=shape) for name, shape in shapes.items()}
    carried = carry_weights(made, state, proof)
    assert set(state) == set(carried)
    assert all((carried[name] == array).all() for name, array in state.items())


def test_networks_are_compared_whatever_their_texts_are(tmp_path: Path, opset: OpSet) -> None:
    found = []
    for number, (width, end) in enumerate([(4, ""), (4, " * 1.0"), (5, "")]):
        path = tmp_path / f"net{number}.py"
        path.write_text(NET.format(width=width, end=end).replace("x = self", "y = self").replace("(x.m", "(y.m"))
        found.append(elaborate(Request(path, None, (parse_spec("1x3x8x8"),)), TorchDialect(), opset))
    assert compare_networks(found[0], found[0], opset).equal
    assert not compare_networks(found[0], found[1], opset).equal
    assert not compare_networks(found[0], found[2], opset).equal
