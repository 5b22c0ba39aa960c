"""Ops on tensors without a batch get a batch of one."""

from __future__ import annotations

from collections.abc import Callable

import pytest


def test_a_layer_stands_between_a_new_axis_and_its_removal(net: Callable[..., str]) -> None:
    text = net("self.conv = nn.Conv2d(3, 8, 3)", "return self.conv(x)", "3x9x9")
    assert "layers.Lambda(lambda x: ops.expand_dims(x, axis=0))" in text
    assert "layers.Conv2D(8, 3)" in text
    assert "layers.Lambda(lambda x: ops.squeeze(x, axis=0))" in text


def test_a_function_too(net: Callable[..., str]) -> None:
    text = net("pass", "return F.max_pool2d(x, 2)", "3x8x8")
    assert "ops.squeeze(ops.max_pool(ops.expand_dims(x, axis=0), 2), axis=0)" in text


def test_a_batch_changes_nothing(net: Callable[..., str]) -> None:
    text = net("self.conv = nn.Conv2d(3, 8, 3)", "return self.conv(x)", "2x3x9x9")
    assert "expand_dims" not in text and "self.conv = layers.Conv2D(8, 3)" in text


@pytest.fixture
def net(tmp_path: object) -> Callable[..., str]:
    """`net(init, forward, "2x4")` is the text written for a model of these bodies."""
    from pathlib import Path

    from codegen.convert import convert
    from pivot.opset import load_opset
    from pivot.reading.elaborate import Request
    from pivot.reading.inputs import parse_spec
    from pivot.reading.torch import TorchDialect

    def made(init: str, forward: str, *inputs: str) -> str:
        path = Path(str(tmp_path)) / "model.py"
        head = "import torch.nn as nn\nimport torch.nn.functional as F\n\n\nclass Net(nn.Module):\n"
        body = f"    def __init__(self):\n        super().__init__()\n        {init}\n\n    def forward(self, x):\n"
        path.write_text(f"{head}{body}        {forward}\n", encoding="utf-8")
        request = Request(path, "Net()", tuple(map(parse_spec, inputs)))
        return convert(request, TorchDialect(), "keras", load_opset()).text

    return made


def test_only_ops_that_take_one_sample_are_asked(net: Callable[..., str]) -> None:
    text = net("self.norm = nn.LocalResponseNorm(2)", "return self.norm(x)", "2x5x9")
    assert "expand_dims(x, axis=0)" not in text
