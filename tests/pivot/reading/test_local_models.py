"""Models that a function builds and trains, and that it does not return."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]

SCRIPT = """
import numpy as np

def main(width=8, deep=True):
    rows = np.load("rows.npz")
    for row in rows:
        print(row)
    model = keras.Sequential([keras.Input((4,))])
    model.add(layers.Dense(width))
    if deep:
        model.add(layers.Dense(2))
    model.compile("adam")
    model.fit(rows)

if __name__ == "__main__":
    main()
"""


def test_the_model_that_a_function_trains_is_read_without_its_data(read_keras: Read) -> None:
    done = read_keras(SCRIPT)
    assert done.network.entry == "model@main"
    assert [node.module.path for node in done.network.nodes if node.module is not None] == ["layers[0]", "layers[1]"]
    assert [p.why for p in done.network.problems if p.code == "entry"] == [
        "main() builds a model and returns none; its model is taken"
    ]


@pytest.mark.parametrize(
    ("model", "why"),
    [
        ("model@train", "there is no function 'train'"),
        ("other@main", "the name 'other' is not bound"),
    ],
)
def test_what_is_not_there_is_refused(read_keras: Read, refused: Callable[..., Problem], model: str, why: str) -> None:
    assert refused(read_keras, SCRIPT, model=model).why == why


def test_of_a_parameter_without_a_default_nothing_is_known(read_keras: Read) -> None:
    free = SCRIPT.replace("width=8", "data, width=8").replace("main()\n", "main(3)\n")
    assert read_keras(free).network.entry == "model@main"
    hangs = SCRIPT.replace("width=8, deep=True", "width, deep=True").replace("main()\n", "main(3)\n")
    first = read_keras(hangs).network.nodes[0]
    assert first.op is None and "width is handed to main()" in first.why
