"""Places of a tensor, and sizes that a reshape leaves to be inferred, in the target's words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.static_proof import prove
from pivot.opset import load_opset
from pivot.problems import Refusal
from pivot.reading.keras import KerasDialect


@pytest.mark.parametrize(
    ("index", "text"),
    [
        ("[0, 2]", "ops.take(x, [0, 2], axis=0)"),
        (":, [2, 0, 1]", "ops.take(x, [2, 0, 1], axis=1)"),
        ("..., [-1, 0]", "ops.take(x, [-1, 0], axis=2)"),
        (":, self.order", "ops.take(x, self.order, axis=1)"),
        (":, self.order[:1]", "ops.take(x, self.order[:1], axis=1)"),
        (":, [1]", "x[:, 1:2]"),
        ("..., [-2], :", "x[..., -2:-1, :]"),
    ],
)
def test_a_list_of_places(net: Callable[..., str], index: str, text: str) -> None:
    """PyTorch's x[[0, 2]] are two rows; TensorFlow's is one entry, and it takes no list behind a slice."""
    made = net("self.order = [2, 0]", f"return x[{index}]", "4x3x5")
    assert text in made


def test_a_list_beside_other_places_is_refused(net: Callable[..., str]) -> None:
    with pytest.raises(Refusal, match="no lists of places"):
        net("", "return x[:, [0, 2], 1]", "4x3x5")


def test_a_list_of_places_reads_back(conversion: Callable[..., Converted]) -> None:
    made = conversion(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(3, 4, 1)

            def forward(self, x):
                return self.conv(x)[:, [3, 1]], x[..., [0, 1]], x[[0, 0]]
        """,
        "2x3x4x5",
    )
    assert prove(made, KerasDialect(), load_opset(), Path("places_keras.py")).why is None


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("x.view(b, n, self.h, -1)", "ops.reshape(x, (-1, n, self.h, c // self.h))"),
        ("x.view(b, n, 2, self.h, -1)", "ops.reshape(x, (-1, n, 2, self.h, c // (2 * self.h)))"),
        ("x.view(b, -1, self.h)", "ops.reshape(x, (-1, n * c // self.h, self.h))"),
        ("x.view(b, n, self.h, 4).reshape(b, n, -1)", "(-1, n, ops.shape(x2)[2] * ops.shape(x2)[3])"),
    ],
)
def test_what_is_left_over_follows_the_other_sizes(call: Callable[..., str], source: str, target: str) -> None:
    made = call("self.h = h", f"b, n, c = x.shape\nreturn {source}", "2x5x8", signature="h=2")
    assert target.replace("n * c", "ops.shape(x)[1] * ops.shape(x)[2]").replace("c //", "ops.shape(x)[2] //") in made


def test_the_width_of_a_matrix_is_a_number(call: Callable[..., str]) -> None:
    made = call("self.m = nn.Linear(5, 8)", "return self.m(x).view(x.size(0), -1)", "2x4x5")
    assert "ops.shape" not in made


@pytest.mark.parametrize("made", ["torch.flatten(x, 1)", "x.view(x.size(0), -1)", "x.reshape(len(x), -1)"])
def test_all_behind_the_batch_is_flattened_without_a_number(net: Callable[..., str], made: str) -> None:
    assert "Flatten()(x)" in net("self.fc = nn.Linear(12, 2)", f"return self.fc({made})", "2x3x4")


def test_several_times_the_batch_stays_so_where_the_rest_is_no_number(net: Callable[..., str]) -> None:
    """`h * w * 4` would be right for two groups of eight channels alone."""
    init = "self.conv, self.groups = nn.Conv2d(4, 8, 1), groups"
    call = "x = self.conv(x)\nb = x.shape[0]\nreturn x.view(b * self.groups, -1)"
    text = net(init, call, "2x4x5x3", signature="groups=2")
    assert "(b * self.groups, -1)" in text


def test_one_number_has_no_batch(net: Callable[..., str]) -> None:
    text = net("self.fc = nn.Linear(4, 1)", "return self.fc(x).reshape(()) * 2, x[0, 0].reshape(1, 1)", "1x4")
    assert "ops.reshape(" in text


def test_an_axis_of_size_1_at_some_visits_belongs_to_none_of_the_others(written: Callable[..., str]) -> None:
    """(N, T, C) -> (N * T, C): where T is 1, it could as well be joined with C."""
    made = written(
        """
        class Rows(nn.Module):
            def forward(self, x): return torch.relu(x.flatten(0, 1))
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.rows, self.fc = Rows(), nn.Linear(5, 5)
            def forward(self, x):
                x = self.fc(x)
                return self.rows(x[:, :, :3]), self.rows(x.sum(1, keepdim=True))
        """,
        "2x4x5",
    )
    assert "ops.reshape(x, (-1, ops.shape(x)[2]))" in made
