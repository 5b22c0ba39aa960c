"""Modules that change what they are given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.convert import Converted
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.reading.keras import KerasDialect

NET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.branch = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(4, 4))
        self.short = nn.Linear(4, 4)

    def forward(self, x):
        x = self.short(x)
        y = self.branch(x)
        z = self.short(x)
        return self.branch(y + z)
"""


def test_who_reads_behind_a_module_that_changes_its_input_gets_the_change(
    conversion: Callable[..., Converted], opset: OpSet
) -> None:
    made = conversion(NET, "2x4")
    assert "x = ops.relu(x)\n        y = self.branch(x)\n        z = self.short(x)" in made.text
    assert made.text.count("ops.relu") == 1
    assert prove(made, KerasDialect(), opset, Path("net_keras.py").resolve()).why is None


def test_a_name_that_the_statement_binds_again_needs_nothing_before(conversion: Callable[..., Converted]) -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        out = self.fc(x)
        out = self.act(out)
        out = self.fc(out)
        self.act(out)
        return out
"""
    made = conversion(text, "2x4").text
    assert made.count("out = self.act(out)") == 2
    assert "ops.relu" not in made
