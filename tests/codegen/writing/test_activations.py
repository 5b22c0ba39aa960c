"""Functions that Keras layers were made with, and layers of functions."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEAD = "import keras\nfrom keras import layers, ops\n\n\n"


@pytest.fixture
def lines(to_torch: Callable[..., Any], tmp_path: Path) -> Callable[..., list[str]]:
    """The stripped lines of what a Keras source becomes; the static proof must hold."""

    def written(source: str, *inputs: str, model: str | None = None) -> list[str]:
        path = tmp_path / "model.py"
        path.write_text(HEAD + textwrap.dedent(source).lstrip("\n"), encoding="utf-8")
        converted, proof = to_torch(path, *inputs, model=model)
        assert proof.why is None
        return [line.strip().rstrip(",") for line in converted.text.splitlines()]

    return written


def test_in_a_row_a_layer_stands_behind_and_additions_are_gathered(lines: Callable[..., list[str]]) -> None:
    made = lines(
        """
        def build(classes=10):
            model = keras.Sequential()
            model.add(keras.Input(shape=(8, 8, 3)))
            model.add(layers.Conv2D(4, 3, activation="relu"))  # features
            model.add(layers.Flatten())
            # the classes
            model.add(layers.Dense(classes, activation="softmax"))
            model.add(layers.Activation("tanh"))
            model.add(layers.Lambda(lambda x: x * 2.0))
            return model
        """,
        model="build()",
    )
    at = made.index("model = nn.Sequential(")
    assert made[at + 1 : at + 9] == [
        "nn.Conv2d(3, 4, 3)", "nn.ReLU(),  # features", "nn.Flatten()", "# the classes", "nn.Linear(144, classes)",
        "nn.Softmax(dim=1)", "nn.Tanh()", "Lambda(lambda x: x * 2.0)",
    ]  # fmt: skip


NET = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one = layers.Dense(6, activation="relu")
        self.two = layers.Dense(3, activation={second})

    def call(self, x):
        {body}
"""


def test_where_the_program_calls_a_layer_the_function_is_around_the_call(lines: Callable[..., list[str]]) -> None:
    made = lines(NET.format(second="ops.sigmoid", body="return self.two(self.one(x))"), "2x5")
    assert "self.one = nn.Linear(5, 6)" in made
    assert "return F.sigmoid(self.two(F.relu(self.one(x))))" in [m.replace("torch.sig", "F.sig") for m in made]


def test_calls_of_one_place_that_differ_make_rows_of_their_layers(lines: Callable[..., list[str]]) -> None:
    body = "for layer in (self.one, self.two):\n            x = layer(x)\n        return x"
    made = lines(NET.format(second='"tanh"', body=body), "2x5")
    assert "self.one = nn.Sequential(nn.Linear(5, 6), nn.ReLU())" in made
    assert "self.two = nn.Sequential(nn.Linear(6, 3), nn.Tanh())" in made


def test_a_function_that_is_a_parameter_is_asked_for(lines: Callable[..., list[str]]) -> None:
    made = lines(
        """
        class Part(layers.Layer):
            def __init__(self, units, activation=None):
                super().__init__()
                self.fc = layers.Dense(units, activation=activation)

            def call(self, x):
                return self.fc(x)

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.a = Part(4, "relu")
                self.b = Part(4)

            def call(self, x):
                return self.b(self.a(x))
        """,
        "2x4",
    )
    text = " ".join(made)
    assert 'activation == "relu"' in text
    assert "nn.Sequential(nn.Linear(4, units), nn.ReLU())" in text


LAMBDA = """
def scaled(x, scale=1.0):
    return x * scale


class Net(keras.Model):
    def __init__(self, factor=0.5):
        super().__init__()
        self.dense = layers.Dense(3)
        self.scale = layers.Lambda(scaled, arguments={"scale": factor}, name="scale")

    def call(self, x):
        return self.scale(self.dense(x))
"""


def test_arguments_of_a_lambda_reach_its_function(lines: Callable[..., list[str]]) -> None:
    made = lines(LAMBDA, "2x3", model="Net()")
    assert 'self.scale = Lambda(functools.partial(scaled, **{"scale": factor}))' in made


def test_arguments_of_a_lambda_in_a_functional_model(lines: Callable[..., list[str]]) -> None:
    made = lines(
        """
x = keras.Input((3,))
y = layers.Dense(3)(x)
y = layers.Lambda(lambda t, scale=1.0: t * scale, arguments={"scale": 0.25})(y)
model = keras.Model(x, y)
"""
    )
    assert any("* 0.25" in line for line in made)


def test_a_class_that_eval_names_is_written_by_its_name(lines: Callable[..., list[str]]) -> None:
    made = lines(
        """
from keras.layers import ELU, ReLU


class Net(keras.Model):
    def __init__(self, activation="ELU"):
        super().__init__()
        self.act = eval(activation)()
        self.last = eval("ReLU")()

    def call(self, x):
        return self.last(self.act(x))
""",
        "2x3",
        model="Net()",
    )
    assert 'self.act = {"ELU": nn.ELU}[activation]()' in made
    assert "self.last = nn.ReLU()" in made


def test_the_librarys_own_numbers_stand_in_the_text(lines: Callable[..., list[str]]) -> None:
    made = lines(
        """
class Net(keras.Model):
    def call(self, x):
        return x / (ops.sum(x, axis=1, keepdims=True) + keras.backend.epsilon())
""",
        "2x3",
        model="Net()",
    )
    assert "return x / (torch.sum(x, dim=1, keepdim=True) + 1e-07)" in made


def test_steps_from_the_end_with_the_state_in_a_list(lines: Callable[..., list[str]]) -> None:
    made = lines(
        """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.there = layers.SimpleRNN(4, return_sequences=True)
        self.back = layers.SimpleRNN(4, return_sequences=True, go_backwards=True)

    def call(self, x):
        return self.there(x) + self.back(x)
""",
        "2x5x3",
        model="Net()",
    )
    assert "new = self.cell(sequences[:, step], state[0])" in made
