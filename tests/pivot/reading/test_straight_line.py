"""Statements that build a model, one after the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
STALE = """
from elsewhere import Unread
x = inputs = keras.Input((5, 4))
x = layers.Dense(4)(x)
x = layers.Bidirectional(Unread(4))(x)
x = layers.Dense(3)(x)
model = keras.Model(inputs, x)
"""


def test_a_name_whose_statement_is_refused_does_not_keep_its_old_value(
    read_keras: Read, refused: Callable[..., Problem]
) -> None:
    problem = refused(read_keras, STALE)
    assert problem.line == 7


@pytest.mark.parametrize(
    "text",
    [
        "from elsewhere import Unread\nmodel = keras.Sequential([keras.Input((4,))])\nmodel.add(layers.Dense(3))\n"
        "model.add(layers.Bidirectional(Unread(4)))\n",
        "parts = [layers.Dense(3)]\nparts.append(layers.Dense(missing))\n"
        "model = keras.Sequential([keras.Input((4,)), *parts])\n",
    ],
)
def test_what_changes_a_needed_object_is_not_passed_over(
    read_keras: Read, refused: Callable[..., Problem], text: str
) -> None:
    problem = refused(read_keras, text)
    wanted = next(n for n, line in enumerate(text.splitlines(), start=1) if "Unread(4)" in line or "missing" in line)
    assert problem.file.endswith("model.py")
    assert problem.line == wanted + 2  # two lines of imports stand before


def test_what_the_model_does_not_need_may_be_unreadable(read_keras: Read) -> None:
    text = "data = missing[0]\ndata = 3\n"
    done = read_keras(f"{text}model = keras.Sequential([keras.Input((4,)), layers.Dense(data)])\n")
    assert done.network.outputs[0].type.shape[-1] == 3


@pytest.mark.parametrize(
    "statement",
    [
        "for i in range(2):\n    model.add(layers.Dense(5))",
        "for i in 0, 1:\n    if i:\n        model.add(layers.Dense(5))\n    else:\n        model.add(layers.Flatten())",
        "if True:\n    model.add(layers.Dense(5))\n    model.add(layers.ReLU())",
        "try:\n    model.add(layers.Dense(5))\nexcept ValueError:\n    raise\nmodel.add(layers.ReLU())",
    ],
)
def test_layers_that_are_added_in_a_loop_or_a_condition_are_there(read_keras: Read, statement: str) -> None:
    done = read_keras(f"model = keras.Sequential([keras.Input((4,))])\n{statement}\n")
    assert len(done.network.nodes) == 2


def test_what_a_loop_puts_into_a_list_is_there(read_keras: Read, read: Read) -> None:
    loop = "parts = []\nfor i in range(3):\n    parts.append({layer})\n"
    loop += "kept = {{}}\nfor i in range(2):\n    kept[i] = {layer}\n"
    text = loop.format(layer="layers.Dense(4)")
    done = read_keras(f"{text}model = keras.Sequential([keras.Input((4,)), *parts, kept[0]])\n")
    assert len(done.network.nodes) == 4
    text = loop.format(layer="nn.Linear(4, 4)")
    assert len(read(f"{text}model = nn.Sequential(*parts, kept[1])\n", "2x4").network.nodes) == 4


def test_a_training_loop_is_not_run(read_keras: Read) -> None:
    done = read_keras("""
model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
for epoch in range(10 ** 9):
    model.trainable = False
    loss = model.train_on_batch(missing)
""")
    assert len(done.network.nodes) == 1
