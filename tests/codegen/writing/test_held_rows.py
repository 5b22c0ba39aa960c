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


MIXED = """
class Pair(nn.Sequential):
    def __init__(self, *args):
        super().__init__(*args)
    def forward(self, x, y):
        for i, module in enumerate(self._modules.values()):
            x, y = module(x), y + i
        return x, y
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stages = nn.ModuleList()
        for two in (True, False):
            stage = Pair() if two else nn.Sequential()
            for j in range(2):
                stage.add_module(f"unit{j}", nn.Linear(4, 4))
            self.stages.append(stage)
    def forward(self, x):
        x, y = self.stages[0](x, x)
        return self.stages[1](x) + y
"""


def test_others_add_layers_to_a_row_and_to_a_layer_that_holds_them_alike(
    conversion: Callable[..., Converted],
) -> None:
    made = conversion(MIXED, "2x4").text
    assert "self.layers = list(args)" in made
    assert "for i, module in enumerate(self.layers):" in made
    assert "    def add(self, layer):\n        self.layers.append(layer)" in made
    assert "stage.add(Dense(4))" in made or "stage.add(layers.Dense(4))" in made


DELETED = """
class Sum(nn.Sequential):
    def forward(self, x):
        return sum(layer(x) for layer in self)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.row = nn.Sequential(nn.Linear(4, 4), nn.Tanh())
        del self.row[-1]
        self.some = nn.ModuleList(nn.Linear(4, 4) for _ in range(4))
        del self.some[1:3]
        self.held = Sum(nn.Linear(4, 4), nn.Linear(4, 4))
        del self.held[0]
        self.named = nn.ModuleDict({"a": nn.Linear(4, 4), "b": nn.Linear(4, 4)})
        del self.named["a"]
    def forward(self, x):
        for layer in self.some:
            x = layer(x)
        return self.named["b"](self.held(self.row(x)))
"""


def test_layers_are_taken_away_so_that_the_target_forgets_them(conversion: Callable[..., Converted]) -> None:
    made = conversion(DELETED, "2x4").text
    assert "self.row.pop()" in made
    assert "for layer in self.some[1:3]:\n            self.some.remove(layer)" in made
    assert "del self.held.layers[0]" in made
    assert 'self.named.pop("a")' in made


def test_a_part_of_a_row_that_gets_a_name_is_a_row(conversion: Callable[..., Converted]) -> None:
    text = """
    class Up(nn.Module):
        def __init__(self, row):
            super().__init__()
            self.depth = len(row)
            self.row = row
        def forward(self, x):
            for i in range(self.depth):
                x = self.row[self.depth - 1 - i](x)
            return x
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            row = nn.Sequential(nn.Linear(4, 4), nn.Tanh())
            row = row[::-1]
            self.up = Up(row)
        def forward(self, x):
            return self.up(x)
    """
    assert "row = keras.Sequential(row.layers[::-1])" in conversion(text, "2x4").text
