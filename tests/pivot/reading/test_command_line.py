"""Arguments of the command line have their defaults."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated

PROGRAM = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--hidden-units", type=int, default=6)
parser.add_argument("-r", "--rate", type=float, default="0.25")
parser.add_argument("--no-bias", action="store_true")
parser.add_argument("--data", required=True)
args = parser.parse_args()


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense({said}, use_bias=not args.no_bias)

    def call(self, x):
        return self.dense(x) * args.rate
"""


def test_a_model_is_read_with_the_defaults(read_keras: Callable[..., Elaborated]) -> None:
    done = read_keras(PROGRAM.replace("{said}", "args.hidden_units"), "2x5", model="Net()")
    assert [p.type.shape for p in done.network.parameters] == [(5, 6), (6,)]
    assert [p.code for p in done.network.problems].count("command-line") == 1
    assert [n.bound.operands["b"] for n in done.network.nodes if n.op is not None and n.op.name == "mul"] == [0.25]


def test_what_has_to_be_given_is_refused(read_keras: Callable[..., Elaborated]) -> None:
    with pytest.raises(Refusal, match="the command line has to give data"):
        read_keras(PROGRAM.replace("{said}", "4 if args.data else 3"), "2x5", model="Net()")
