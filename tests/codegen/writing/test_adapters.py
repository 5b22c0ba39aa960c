"""Library classes that are handed on."""

from __future__ import annotations

from collections.abc import Callable

from codegen.convert import Converted

Net = Callable[..., str]


def test_an_adapter_keeps_the_names_by_which_it_is_called(net: Net) -> None:
    made = net(
        "self.pool = dict(max=nn.MaxPool2d, mean=nn.AvgPool2d)[mode](kernel_size=2)",
        "return self.pool(x)",
        "2x3x4x4",
        signature="mode='mean'",
    )
    assert "def avg_pool2d(kernel_size):" in made
    assert "mean=avg_pool2d)[mode](kernel_size=2)" in made


def test_an_identity_takes_whatever_it_is_given(net: Net) -> None:
    made = net(
        "self.pool = {None: nn.Identity, 'bn': nn.BatchNorm2d}[kind](num_features=3)",
        "return self.pool(x)",
        "2x3x4x4",
        signature="kind=None",
    )
    assert "def identity_layer(**rest):" in made or "def identity(**rest):" in made


def test_an_arm_that_was_only_tried_does_not_stop_what_stands_for_a_class(conversion: Callable[..., Converted]) -> None:
    made = conversion(
        """
        UP = {2: nn.ConvTranspose2d}
        class Net(nn.Module):
            def __init__(self, grouped=False):
                super().__init__()
                if grouped:
                    self.up = UP[2](4, 4, kernel_size=2, stride=2, groups=4)
                else:
                    self.up = UP[2](4, 4, kernel_size=2, stride=2)
            def forward(self, x):
                if torch.jit.isinstance(x, torch.Tensor):
                    x = self.up(x)
                return x
        """,
        "1x4x8x8",
    ).text
    assert "def conv_transpose2d(in_channels, out_channels, kernel_size, stride=1):" in made
    assert "if ops.is_tensor(x):" in made
