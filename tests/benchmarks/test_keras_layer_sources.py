"""Programs out of tests of layers."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from keras_layer_sources import cases

TESTS = """
import numpy as np
from absl.testing import parameterized
from keras.src import layers
from keras.src import testing


class Cell(layers.Layer):
    pass


class Tests(testing.TestCase):
    @parameterized.parameters((2, "same"), (3, "valid"))
    def test_basic(self, size, padding):
        shape = (2, 5, 4)
        self.run_layer_test(
            layers.Conv1D, init_kwargs={"kernel_size": size, "padding": padding, "filters": 1}, input_shape=shape
        )

    @parameterized.product(sparse=[True, False])
    def test_more(self, sparse):
        if sparse:
            kind = "int32"
        else:
            kind = "int64"
        self.run_layer_test(
            layers.RNN, {"cell": Cell()}, input_shape=(2, 3), input_dtype=kind, call_kwargs={"training": True}
        )
        self.run_layer_test(layers.Add, {}, input_data=unknown(), input_sparse=False)
        self.run_layer_test(layers.Add, {}, input_shape=((2, 3), (2, 3)), input_sparse=sparse)
"""


def test_calls_are_followed_to_their_parameters(tmp_path: Path) -> None:
    (tmp_path / "conv_test.py").write_text(TESTS, encoding="utf-8")
    found = list(cases(tmp_path))
    assert [case.left_out for case in found] == [
        "", "", "", "inputs that are not literal", "sparse inputs", "", "inputs that are not literal", "",
    ]  # fmt: skip
    assert "layers.Conv1D(kernel_size=2, padding='same', filters=1)(inputs)" in found[0].text
    assert found[0].arrays[0].shape == (2, 5, 4) and found[2].arrays[0].dtype == "int32"
    assert "class Cell" in found[2].text and "training" not in found[2].text
    assert "layers.Add()([inputs_0, inputs_1])" in found[-1].text
