"""Classes that derive from a library layer: from the target's layer, or from a Sequential where it takes several."""

from __future__ import annotations

from collections.abc import Callable

from codegen.writing.deriving import derived_layer
from codegen.writing.sites import Site

SCALED = """
class Scaled(nn.Linear):
    def __init__(self, n):
        super().__init__(n, 2 * n, bias=False)
        self.factor = 3.0

    def forward(self, x):
        return super().forward(x) * self.factor

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = Scaled(4)

    def forward(self, x):
        return self.fc(x)
"""
SHRINKING = """
class Conv(nn.Conv2d):
    def __init__(self, inside, outside, stride=1):
        super().__init__(in_channels=inside, out_channels=outside, kernel_size=3, stride=stride, padding=1)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = Conv(3, 4), Conv(4, 8, 2)

    def forward(self, x):
        return self.second(self.first(x))
"""


def test_one_layer_is_derived_from(written: Callable[..., str]) -> None:
    made = written(SCALED, "2x4")
    assert "class Scaled(layers.Dense):" in made
    assert "super().__init__(2 * n, use_bias=False)" in made
    assert "return super().call(x) * self.factor" in made


def test_several_layers_make_a_sequential(written: Callable[..., str]) -> None:
    made = written(SHRINKING, "2x3x8x8")
    assert "class Conv(keras.Sequential):" in made
    assert 'layers.Conv2D(outside, 3, strides=stride, padding="same")' in made
    assert "layers.ZeroPadding2D(" in made and "if stride == 1" in made


def test_a_site_without_cases_has_no_layer() -> None:
    assert derived_layer(Site(("call", 0), None)) is None  # type: ignore[arg-type]


OWN_FORWARD = """
class LayerNorm2d(nn.LayerNorm):
    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        x = F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 4, 1), LayerNorm2d(4)

    def forward(self, x):
        return self.norm(self.conv(x))
"""


def test_a_forward_pass_of_its_own_takes_the_weights_of_a_restated_base(written: Callable[..., str]) -> None:
    made = written(OWN_FORWARD, "2x3x5x5")
    assert "class LayerNorm(layers.Layer):" in made and "class LayerNorm2d(LayerNorm):" in made
    assert "self.weight" in made and "ops.transpose" not in made
