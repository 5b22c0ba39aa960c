"""Models that a file builds by statements are found without being named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
BUILD = """
def build(width=3):
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(width)(inputs))
    return model
"""


@pytest.mark.parametrize(
    ("text", "entry", "width"),
    [
        (f"{BUILD}\nif __name__ == '__main__':\n    net = build(5)\n    net.summary()\n", "net", 5),
        (f"{BUILD}\nnet = build(6)\n", "net", 6),
        (f"{BUILD}\nmake = lambda: build(7)\nnet = make()\n", "net", 7),
        (
            f"{BUILD}\nclass Scale(layers.Layer):\n    def call(self, x):\n        return 2 * x\nnet = build()\n",
            "net",
            3,
        ),
        (f"{BUILD}\nnet = build(5)\nnet.fit(1)\npart = build(6)\n", "net", 5),
        (f"{BUILD}\nnet = build(5)\nnet = build(6)\nnet = load('weights')\n", "net@1", 6),
        (BUILD, "build()", 3),
        (f"{BUILD}\ndef outer(w):\n    return build(w)\ndef whole():\n    return outer(9)\n", "whole()", 9),
    ],
)
def test_the_model_of_a_file_is_found(read_keras: Read, text: str, entry: str, width: int) -> None:
    done = read_keras(text)
    assert done.network.entry == entry
    assert done.network.outputs[0].type.shape[-1] == width


def test_a_sequential_of_a_torch_file_is_found(read: Read) -> None:
    done = read("model = nn.Sequential(nn.Linear(4, 3), nn.ReLU())\n", "2x4")
    assert done.network.entry == "model"


def test_models_that_are_not_taken_are_named(read_keras: Read) -> None:
    done = read_keras(f"{BUILD}\nfirst = build(5)\nsecond = build(6)\n")
    assert any("second is taken, not first" in problem.why for problem in done.network.problems)


def test_a_builder_that_needs_arguments_asks_for_them(read_keras: Read, refused: Callable[..., Problem]) -> None:
    problem = refused(read_keras, BUILD.replace("width=3", "width").replace("width", "plan"))
    assert problem.remedy == 'give them with --model "build(plan=...)"'


METHOD = """
class Classifier:
    def __init__(self, path=None):
        self.path = path
    def build_model(self, input_shape, nb_classes):
        start = keras.Input(input_shape)
        model = keras.Model(start, layers.Dense(nb_classes)(layers.Flatten()(start)))
        return model
"""


def test_a_model_that_a_method_builds(read_keras: Read, refused: Callable[..., Problem]) -> None:
    done = read_keras(METHOD.replace("input_shape, nb_classes", "width=4").replace("input_shape", "(width,)")
                      .replace("nb_classes", "3"))  # fmt: skip
    assert done.network.entry == "Classifier().build_model()"
    done = read_keras(METHOD)
    assert done.network.entry == "Classifier().build_model(input_shape=(32,), nb_classes=10)"
    assert any(p.severity == "warning" and "is assumed" in p.why for p in done.network.problems)
    problem = refused(read_keras, METHOD.replace("path=None", "path"))
    assert "Classifier.build_model builds a model and needs arguments" in problem.why
    assert '"Classifier(path=...).build_model(input_shape=..., nb_classes=...)"' in problem.remedy


def test_other_methods_that_build_models_are_named(read_keras: Read) -> None:
    simple = METHOD.replace("self, input_shape, nb_classes", "self, input_shape=(4,), nb_classes=3")
    several = simple + simple.partition("self.path = path\n")[2].replace("build_model", "build_other")
    done = read_keras(several)
    assert done.network.entry == "Classifier().build_other()"
    said = next(p.why for p in done.network.problems if p.code == "entry")
    assert said == "Classifier.build_other builds a model, which is taken, not Classifier.build_model"
