"""Sizes of tensors: places of storage, from the static shape where it is a number."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Call = Callable[..., str]
Net = Callable[..., str]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("y.shape[1]", "y.shape[3]"),  # channels: known
        ("y.size(1)", "y.shape[3]"),
        ("y.size()[1]", "y.shape[3]"),
        ("y.shape[0]", "ops.shape(y)[0]"),  # the batch is free
        ("y.size(2)", "ops.shape(y)[1]"),
        ("y.shape[-1]", "ops.shape(y)[2]"),
        ("y.size(dim=3)", "ops.shape(y)[2]"),
        ("y.dim()", "len(y.shape)"),
        ("y.ndim", "len(y.shape)"),
        ("y.numel()", "ops.size(y)"),
        ("len(y)", "ops.shape(y)[0]"),  # len() is not asked of what has no values yet
    ],
)
def test_sizes_of_an_image(call: Call, source: str, target: str) -> None:
    made = call("self.conv = nn.Conv2d(3, 8, 1)", f"y = self.conv(x)\nreturn y * {source}", "2x3x4x6")
    known = target.startswith(("y.", "len("))  # an open size is a tensor of whole numbers, which operators do not take
    assert made == f"y = self.conv(x)\nreturn {f'y * {target}' if known else f'ops.multiply(y, {target})'}"


def test_sizes_in_the_sources_order_are_asked_for_as_they_are(call: Call) -> None:
    made = call("self.fc = nn.Linear(8, 8)", "b, t, c = x.shape\nreturn self.fc(x) * t", "2x5x8")
    assert made == "b, t, c = ops.shape(x)\nreturn ops.multiply(self.fc(x), t)"


def test_a_whole_shape_is_put_into_the_sources_order(call: Call) -> None:
    made = call("self.conv = nn.Conv2d(3, 8, 1)", "s = self.conv(x).shape\nreturn x.mean((2, 3)) * s[1]", "2x3x4x6")
    assert "s[1]" in made
    assert "shape[3]" in made or "shape(" in made


@pytest.mark.parametrize(
    ("forward", "target"),
    [
        ("i = x.argmax(1)\nreturn x[i]", "return ops.take(x, i, axis=0)"),
        ("i = x.argmax(1)\nreturn x[:, i]", "return ops.take(x, i, axis=1)"),
        ("i = x.argmax(1)\nreturn x[..., i]", "return ops.take(x, i, axis=1)"),
    ],
)
def test_an_index_of_one_tensor_takes_along_its_axis(call: Callable[..., str], forward: str, target: str) -> None:
    assert call("self.n = 1", forward, "4x4").split("\n")[-1] == target


def test_a_size_of_tensors_of_two_ranks_is_counted_from_the_end(written: Callable[..., str]) -> None:
    made = written(
        """
        def scaled(x):
            return x / x.shape[-1]


        class Net(nn.Module):
            def forward(self, x):
                return scaled(x) + scaled(x[0])
        """,
        "2x3x8",
    )
    assert "return ops.divide(x, ops.shape(x)[-1])" in made


def test_the_length_of_what_is_a_list_at_times_stays_a_length(net: Net) -> None:
    made = net(
        "self.fc = nn.Linear(4, 4)",
        "return self.fc(x) * count(x) * count([x, x])",
        "2x4",
        before="def count(v):\n    return len(v)\n\n",
    )
    assert "return len(v)" in made


def test_a_number_of_axes_asks_for_no_order(call: Call) -> None:
    made = call("self.conv = nn.Conv2d(3, 3, 1)", "x = self.conv(x)\nreturn x * len(x.shape)", "2x3x4x5")
    assert "len(x.shape)" in made


def test_the_larger_of_a_fraction_of_sizes_and_a_number_rounds_nothing(call: Callable[..., str]) -> None:
    made = call("pass", "r = max(x.shape[2] / y.shape[2], 1.0)\nreturn x * r", "2x3x8", "2x3x4", args="x, y")
    assert made == "r = max(ops.shape(x)[2] / ops.shape(y)[2], 1.0)\nreturn x * r"
