"""Parameters that go, because they only say what has its place elsewhere in the target."""

from __future__ import annotations

from collections.abc import Callable

Written = Callable[..., str]

STARTED = """
def init(module, weight_init, bias_init, gain=1):
    weight_init(module.weight.data, gain=gain)
    bias_init(module.bias.data)
    return module

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        init_ = lambda m: init(m, nn.init.orthogonal_, lambda b: nn.init.constant_(b, 0), {gain})
        self.fc = nn.Sequential(init_(nn.Linear(4, 8)), nn.Tanh())

    def forward(self, x):
        return self.fc(x)
"""


def test_functions_that_fill_weights_are_no_arguments(written: Written) -> None:
    text = written(STARTED.format(gain=2), "2x4")
    assert "def init(module, gain=1):" in text
    assert "init_ = lambda m: init(m, 2)" in text


def test_a_gain_is_its_number(written: Written) -> None:
    assert "init(m, 1.4142135623730951)" in written(STARTED.format(gain="nn.init.calculate_gain('relu')"), "2x4")


def test_a_parameter_that_is_read_for_more_stays_or_is_refused(written: Written) -> None:
    source = STARTED.format(gain=2).replace("weight_init(module", "if gain > 1:\n        weight_init(module")
    assert "def init(module, gain=1):" in written(source, "2x4")
