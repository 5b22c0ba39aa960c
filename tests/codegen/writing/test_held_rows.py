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


DENSE = """
class Dense(nn.Sequential):
    def __init__(self, width):
        super().__init__()
        self.add_module("norm", nn.BatchNorm1d(width))
        self.fc = nn.Linear(width, 3)
    def forward(self, x):
        return torch.cat([x, {forward}], 1)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rows = nn.Sequential(Dense(4))
        self.rows.add_module("more", Dense(7))
    def forward(self, x):
        return self.rows(x)
"""


@pytest.mark.parametrize(
    ("forward", "written", "runs"),
    [
        ("super().forward(x)", "self.run_layers(x)", True),
        ("self.fc(self.norm(x))", "self.layers[1](self.layers[0](x))", False),
    ],
)
def test_a_row_that_does_more_than_run_its_layers_holds_them_in_a_list(
    conversion: Callable[..., Converted], forward: str, written: str, runs: bool
) -> None:
    made = conversion(DENSE.format(forward=forward), "2x4").text
    assert f"return ops.concatenate([x, {written}], axis=1)" in made
    assert "class Dense(keras.layers.Layer):" in made or "class Dense(layers.Layer):" in made
    assert "self.layers = [" in made and "self.add(" not in made
    assert ("def run_layers(self, x):" in made) is runs
