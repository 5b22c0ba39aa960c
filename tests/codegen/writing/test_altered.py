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
