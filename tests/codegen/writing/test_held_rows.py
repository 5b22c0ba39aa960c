"""Rows of layers that take several inputs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codegen.convert import Converted

NET = """
class Step(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
    def forward(self, x, t):
        return self.fc(x) + t
class Row(nn.Sequential):
    def forward(self, x{more}):
        for layer in self:
            x = layer(x{more})
        return x
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.row = Row({layer}, {layer})
    def forward(self, x, t):
        return self.row(x{more}) + t
"""


@pytest.mark.parametrize(
    ("more", "layer", "base"), [(", t", "Step()", "layers.Layer"), ("", "nn.Linear(4, 4)", "keras.Sequential")]
)
def test_a_row_of_several_inputs_is_a_layer_that_holds_others(
    conversion: Callable[..., Converted], more: str, layer: str, base: str
) -> None:
    made = conversion(NET.format(more=more, layer=layer), "2x4", "2x4").text
    assert f"{base}):" in next(line for line in made.split("\n") if line.startswith("class Row"))
    assert ("self.layers = layers" in made) is bool(more)
