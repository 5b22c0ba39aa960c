"""Sites in the target's words: functions nest, layers stand one after the other, transposes only where needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Call = Callable[..., str]
Init = Callable[..., str]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("F.relu(x) + 1", "ops.relu(x) + 1"),
        ("-x * 2 / (1 - x)", "-x * 2 / (1 - x)"),
        ("torch.add(x, x)", "x + x"),
        ("x @ x.t()", "x @ ops.swapaxes(x, 0, 1)"),
        ("torch.stack([x, x], 1)", "ops.stack([x, x], axis=1)"),
        ("torch.where(x > 0, x, -x)", "ops.where(x > 0, x, -x)"),
        ("x.exp().sum(1)", "ops.sum(ops.exp(x), axis=1)"),
        ("x ** 2", "x**2"),
        ("torch.sigmoid(x) * x", "ops.sigmoid(x) * x"),
        ("torch.matmul(x, x.transpose(0, 1))", "x @ ops.swapaxes(x, 0, 1)"),
    ],
)
def test_functions(call: Call, source: str, target: str) -> None:
    assert call("pass", f"return {source}", "4x4") == f"return {target}"


def test_a_transpose_stands_where_storage_differs_and_nowhere_else(call: Call) -> None:
    made = call(
        "self.conv = nn.Conv2d(3, 8, 1)",
        "y = self.conv(x)\nreturn torch.cat([y, z], 1)",
        "2x3x4x4",
        "2x8x4x4",
        args="x, z",
    )
    assert made == "y = self.conv(x)\nreturn ops.concatenate([y, ops.transpose(z, (0, 2, 3, 1))], axis=-1)"


def test_a_layer_the_target_lacks_stands_as_what_it_does(init: Init) -> None:
    made = init("self.body = nn.Sequential(nn.Linear(4, 4), nn.Hardtanh())", "return self.body(x)", "2x4")
    assert made.startswith("self.body = keras.Sequential(")
    assert "layers.Dense(4)" in made


def test_two_layers_for_one_are_two_elements_of_a_list(init: Init) -> None:
    made = init(
        "self.body = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.ReLU())",
        "return self.body(x)",
        "2x3x8x8",
    )
    assert made == (
        "self.body = keras.Sequential(\n    [layers.ZeroPadding2D(), layers.Conv2D(8, 3, strides=2), layers.ReLU()]\n)"
    )


def test_a_layer_with_a_sibling_is_called_through_it(net: Callable[..., str]) -> None:
    made = net("self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)", "return F.relu(self.conv(x))", "2x3x8x8")
    assert (
        "        self.conv_pad = layers.ZeroPadding2D()\n        self.conv = layers.Conv2D(8, 3, strides=2)\n" in made
    )
    assert "return ops.relu(self.conv(self.conv_pad(x)))" in made


def test_a_shape_that_differs_between_visits_is_that_of_the_operand(written: Callable[..., str]) -> None:
    made = written(
        """
        def drop(x, rate):
            shape = (x.shape[0],) + (1,) * (x.ndim - 1)
            return x * x.new_empty(shape).bernoulli_(rate)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(3, 4, 1)
                self.fc = nn.Linear(4, 4)

            def forward(self, x):
                x = drop(self.conv(x), 0.5).mean((2, 3))
                return drop(self.fc(x), 0.5)
        """,
        "2x3x8x8",
    )
    assert "keras.random.uniform(ops.shape(" in made


def test_a_layer_that_is_never_called_is_written_like_those_that_are(written: Callable[..., str]) -> None:
    made = written(
        """
        class Block(nn.Module):
            def __init__(self, act=nn.LeakyReLU):
                super().__init__()
                self.act = act()

            def forward(self, x):
                return self.act(x)


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.spare = Block()
                self.used = Block()

            def forward(self, x):
                return self.used(x)
        """,
        "2x4",
    )
    assert "layers.Lambda(lambda x: ops.maximum(x, 0.01 * x))" in made


@pytest.mark.parametrize(("shape", "axis"), [("2x4", "x"), ("2x3x4", "x, axis=0"), ("2x3x4x4", "x, axis=1")])
def test_a_softmax_without_an_axis_takes_that_of_its_rank(call: Callable[..., str], shape: str, axis: str) -> None:
    assert call("", "return F.log_softmax(x)", shape) == f"return ops.log_softmax({axis})"


def test_an_operand_that_is_nothing_at_the_first_visit_is_what_the_source_says(written: Callable[..., str]) -> None:
    made = written(
        """
        class Norm(nn.LayerNorm):
            def forward(self, x):
                return F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

        class Plain(Norm):
            def __init__(self, size):
                super().__init__(size)
                self.bias = None

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.one = Plain(4)
                self.two = Norm(4)

            def forward(self, x):
                return self.two(self.one(x))
        """,
        "2x4",
    )
    assert "ops.layer_normalization(x, self.weight, self.bias, " in made
