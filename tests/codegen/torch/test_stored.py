"""Names of weights as a PyTorch program's state_dict has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from codegen.weights.mapping import carry_weights, stored_names

SOURCE = """
import keras
from keras import layers


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(4, 3)
        self.bn = layers.BatchNormalization()
        self.flat = layers.Flatten()
        self.head = layers.Dense(3)

    def call(self, x):
        x = self.bn(self.conv(x))
        return self.head(self.flat(x))
"""


def test_a_keras_checkpoint_becomes_a_whole_state_dict(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(SOURCE, encoding="utf-8")
    converted, proof = to_torch(path, "2x6x7x3")
    assert proof.why is None
    wanted = {name for names in stored_names(proof.target).values() for own in names.values() for name in own}
    assert wanted == {
        "conv.weight", "conv.bias", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var",
        "bn.num_batches_tracked", "head.weight", "head.bias",
    }  # fmt: skip
    draw = np.random.default_rng(0)
    shapes = {
        "conv/vars/0": (3, 3, 3, 4), "conv/vars/1": (4,), **{f"bn/vars/{k}": (4,) for k in range(4)},
        "head/vars/0": (80, 3), "head/vars/1": (3,),
    }  # fmt: skip
    own = {name for names in stored_names(converted.done).values() for own in names.values() for name in own}
    state = {name: draw.standard_normal(next(s for k, s in shapes.items() if name.endswith(k))) for name in own}
    assert len(own) == len(shapes)
    made = carry_weights(converted, state, proof)
    assert made.keys() == wanted
    kernel = next(a for name, a in state.items() if a.shape == (80, 3))
    columns = kernel.reshape(4, 5, 4, 3).transpose(3, 2, 0, 1).reshape(3, 80)  # flattened channels first
    np.testing.assert_array_equal(made["head.weight"], columns)
    assert made["bn.num_batches_tracked"].shape == ()
