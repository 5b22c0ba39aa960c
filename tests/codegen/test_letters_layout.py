"""Einstein sums in storage orders."""

from __future__ import annotations

from pathlib import Path

from codegen.convert import convert
from codegen.static_proof import prove
from pivot.opset import load_opset
from pivot.reading.elaborate import Request
from pivot.reading.inputs import parse_spec
from pivot.reading.keras import KerasDialect
from pivot.reading.torch import TorchDialect

SOURCE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x, rows):
        return torch.einsum({equation!r}, self.conv(x), rows)
"""


def text_of(folder: Path, equation: str) -> str:
    path = folder / "model.py"
    path.write_text(SOURCE.format(equation=equation), encoding="utf-8")
    request = Request(path, "Net()", tuple(map(parse_spec, ("2x3x8x8", "6x5"))))
    opset = load_opset()
    made = convert(request, TorchDialect(), "keras", opset)
    proof = prove(made, KerasDialect(), opset, folder / "model_keras.py")
    assert proof.equal, proof.why
    return made.text


def test_the_letters_follow_the_storage(tmp_path: Path) -> None:
    text = text_of(tmp_path, "nchw,hk->nckw")
    assert 'ops.einsum("nhwc,hk->nkwc", self.conv(x), rows)' in text and "transpose" not in text
