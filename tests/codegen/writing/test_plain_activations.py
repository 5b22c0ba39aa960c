"""Restated layers that only call a function of their input."""

from __future__ import annotations

from collections.abc import Callable

Written = Callable[..., str]

NET = """
class Net(nn.Module):
    def __init__(self, act_layer={default}):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 5), {act}, nn.Linear(5, 2))

    def forward(self, x):
        return self.net(x)
"""


def test_a_layer_that_calls_a_function_is_an_activation(written: Written) -> None:
    made = written(NET.format(default="None", act="nn.GELU()"), "2x4")
    assert "layers.Activation(gelu)" in made and "def gelu(input):" in made
    assert "class GELU" not in made


def test_how_it_is_computed_is_in_the_function(written: Written) -> None:
    made = written(NET.format(default="None", act="nn.GELU(approximate='tanh')"), "2x4")
    assert "layers.Activation(gelu)" in made and "ops.tanh(" in made


def test_a_class_that_is_handed_on_stays(written: Written) -> None:
    made = written(NET.format(default="nn.GELU", act="act_layer()"), "2x4")
    assert "class GELU(layers.Layer):" in made and "act_layer()" in made and "Activation" not in made
