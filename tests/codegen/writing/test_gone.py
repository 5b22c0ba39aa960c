"""Parameters that go, because they only say what has its place elsewhere in the target."""

from __future__ import annotations

from collections.abc import Callable

from codegen.convert import Converted

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


def test_a_constructor_that_asks_for_the_mode_is_told_nothing(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(3, 8, 3)
                self.size = self.measure()

            def measure(self):
                modes = [(m, m.training) for m in self.conv.modules()]
                try:
                    self.conv.eval()
                    size = self.conv(torch.zeros(1, 3, 8, 8)).shape[-1]
                finally:
                    for m, mode in modes:
                        m.training = mode
                return size

            def forward(self, x):
                return self.conv(x) * self.size
        """,
        "2x3x8x8",
    )
    assert "training" not in made and "self.size = self.measure()" in made


def test_a_parameter_that_a_table_says_stays(conversion: Callable[..., Converted]) -> None:
    made = conversion(
        """
        class Body(nn.Module):
            def __init__(self, size, progress=True):
                super().__init__()
                self.fc = nn.Linear(size, 2)
                if size > 99:
                    load_state_dict(self, progress)
            def forward(self, x):
                return self.fc(x)
        TABLE = {"small": {"size": 4, "progress": False}}
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = Body(**TABLE["small"])
            def forward(self, x):
                return self.body(x)
        """,
        "2x4",
    ).text
    assert "def __init__(self, size, progress=True):" in made
