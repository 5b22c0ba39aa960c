"""Weights inside restated modules are called as the library calls them in a checkpoint."""

from __future__ import annotations

from pathlib import Path

from pivot.opset import load_opset
from pivot.reading.checkpoint_names import checkpoint_name, patterns, weight_inside
from pivot.reading.elaborate import Request, elaborate
from pivot.reading.inputs import parse_spec
from pivot.reading.modules import ModuleObject
from pivot.reading.torch import TorchDialect

SOURCE = """
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(4, 5, 2, bidirectional=True)

    def forward(self, x):
        return self.encoder(x)[0]
"""


def test_layers_and_directions_of_an_lstm(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(SOURCE, encoding="utf-8")
    root = elaborate(Request(path, "Net()", (parse_spec("3x2x4"),)), TorchDialect(), load_opset()).network.root
    names = {
        "encoder.rnns.1.weight_ih": "encoder.weight_ih_l1",
        "encoder.rnns.0.bias_hh_reverse": "encoder.bias_hh_l0_reverse",
        "encoder.other": "encoder.other",
        "elsewhere.rnns.1.weight_ih": "elsewhere.rnns.1.weight_ih",
    }
    assert {name: checkpoint_name(root, name) for name in names} == names
    made = {n for _, m in root.walk() for _, p in m.own_parameters() for n in p.names}
    assert {n for n in made if n.endswith("_reverse")} == {
        f"encoder.{kind}_{part}_l{layer}_reverse"
        for kind in ("weight", "bias")
        for part in ("ih", "hh")
        for layer in (0, 1)
    }


def test_a_weight_that_the_library_has_on_the_module_itself(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(SOURCE, encoding="utf-8")
    root = elaborate(Request(path, "Net()", (parse_spec("3x2x4"),)), TorchDialect(), load_opset()).network.root
    encoder = root.children["encoder"].hint
    assert isinstance(encoder, ModuleObject)
    found = weight_inside(encoder, "weight_hh_l1_reverse")
    assert found is not None
    assert encoder.children["rnns"].hint.children["1"].hint.parameters["weight_hh_reverse"] is found  # type: ignore[attr-defined]
    assert weight_inside(encoder, "weight_hh_l2") is None
    assert weight_inside(root, "weight_hh_l1") is None


def test_files_of_the_program_have_no_table(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text("CHECKPOINT = {'a': 'b'}\n", encoding="utf-8")
    assert patterns(str(path)) == ()
