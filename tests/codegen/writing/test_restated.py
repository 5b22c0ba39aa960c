"""Restated library code is written for the configuration at hand: arms and parameters left aside are not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pivot.problems import Refusal

Written = Callable[..., str]

STACKED = '''class GRU(layers.Layer):
    """GRU layers on top of each other; the states are (layers * directions, N, hidden_size)."""

    def __init__(self, hidden_size, num_layers=1, bias=True, dropout=0.0):
        super().__init__()
        self.drop = layers.Dropout(dropout)
        self.rnns = []
        for _ in range(num_layers):
            self.rnns.append(layers.GRU(hidden_size, use_bias=bias, return_sequences=True, return_state=True))

    def call(self, x):
        h_n = []
        for layer, rnn in enumerate(self.rnns):
            if layer > 0:
                x = self.drop(x)
            x, *states = rnn(x)
            h_n += states
        return x, ops.stack(h_n)
'''


def test_several_layers_are_one_class(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn = nn.GRU(4, 5, num_layers=2, batch_first=True, dropout=0.1)

            def forward(self, x):
                y, h = self.rnn(x)
                return y, h[-1]
        """,
        "2x3x4",
    )
    joined = made.replace("layers.GRU(\n                    hidden_size, ", "layers.GRU(hidden_size, ")
    assert "".join(joined.split()).startswith("".join(STACKED.split()))
    assert "self.rnn = GRU(5, num_layers=2, dropout=0.1)" in made


def test_states_that_are_given_go_to_each_layer(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn = nn.LSTM(4, 5, 2, bidirectional=True)

            def forward(self, x):
                h0 = torch.zeros(4, x.size(1), 5)
                y, (h, c) = self.rnn(x, (h0, h0))
                return y, h
        """,
        "3x2x4",
    )
    assert "initial_state=[h_0[first], c_0[first], h_0[second], c_0[second]]" in made
    assert "hx is None" not in made
    assert "batch_first" not in made


def test_a_setting_that_the_program_reads_stays(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn = nn.GRU(4, 5, num_layers=2, batch_first=True)

            def forward(self, x):
                y, h = self.rnn(x)
                return y * self.rnn.num_layers
        """,
        "2x3x4",
    )
    assert "self.num_layers = num_layers" in made
    assert "self.hidden_size" not in made


def test_functions_of_restated_code_have_no_effects(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv3d(3, 4, 3)
                self.pool = nn.MaxPool3d((1, 2, 2), stride=(1, 2, 2))

            def forward(self, x):
                return self.pool(self.conv(x))
        """,
        "2x3x6x8x8",
    )
    assert "dilation" not in made
    assert "rates" not in made
    assert "def __init__(self, kernel_size, stride=None):" in made
    assert "x = self.planes(ops.reshape(x, (-1, h, w, c)))" in made
    assert "columns" not in made


def test_a_parameter_stays_where_arguments_are_spread(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                settings = {"kernel_size": (1, 2, 2), "dilation": 1}
                self.pool = nn.MaxPool3d(**settings)

            def forward(self, x):
                return self.pool(x)
        """,
        "2x3x4x8x8",
    )
    assert "dilation=1" in made


@pytest.mark.parametrize(
    ("layer", "body", "line", "why"),
    [
        (
            "nn.LSTM(4, 5, proj_size=3)",
            "return self.rnn(x)[0]",
            12,
            "an LSTM whose hidden states are projected (proj_size)",
        ),
        (
            "nn.LSTM(4, 5, batch_first=True)",
            "return self.rnn(pack_padded_sequence(x, [3, 2], batch_first=True))[1][0]",
            15,
            "packed sequences whose lengths are a Python list",
        ),
    ],
)
def test_what_a_restatement_leaves_out_is_refused_where_it_is_called(
    written: Written, layer: str, body: str, line: int, why: str
) -> None:
    source = f"""
        from torch.nn.utils.rnn import pack_padded_sequence


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn = {layer}

            def forward(self, x):
                {body}
        """
    with pytest.raises(Refusal) as refused:
        written(source, "2x3x4")
    problem = refused.value.problem
    assert (Path(problem.file).name, problem.line) == ("model.py", line)
    assert problem.why.startswith(why)


def test_names_of_restatements_are_imported(written: Written) -> None:
    made = written(
        """
        from torch.nn import GRU


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn = GRU(4, 5, 2, batch_first=True)

            def forward(self, x):
                return self.rnn(x)[0]
        """,
        "2x3x4",
    )
    assert "self.rnn = GRU(5, 2)" in made


PACKED = """
        from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn = nn.{layer}(4, 5, {more}batch_first=True)

            def forward(self, x, lengths):
                packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
                y, h = self.rnn(packed)
                return pad_packed_sequence(y, batch_first=True, total_length={total})[0]
        """


@pytest.mark.parametrize(
    ("layer", "more", "made"),
    [
        ("LSTM", "", "zero_output_for_mask=True"),
        ("GRU", "num_layers=2, ", "zero_output_for_mask=True"),
        ("GRU", "bidirectional=True, ", "zero_output_for_mask=True"),
    ],
)
def test_packed_sequences_are_padded_ones_with_a_mask(written: Written, layer: str, more: str, made: str) -> None:
    source = PACKED.format(layer=layer, more=more, total="x.size(1)")
    text = written(source, "2x6x4", "2:int64>=1<7")
    assert made in text and "x, *states = rnn(x, mask=mask)" in text
    assert "packed = pack_padded_sequence(x, lengths)" in text


def test_packed_sequences_are_padded_to_the_length_that_they_had(written: Written) -> None:
    with pytest.raises(Refusal):
        written(PACKED.format(layer="LSTM", more="", total=9), "2x6x4", "2:int64>=1<7")


def test_how_many_layers_and_directions_is_followed_where_a_parameter_says_so(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self, num_layers=1, bidirectional=False):
                super().__init__()
                self.bidirectional = bidirectional
                self.rnn = nn.GRU(4, 5, num_layers, batch_first=True, bidirectional=bidirectional)

            def forward(self, x):
                _, h = self.rnn(x)
                return torch.cat([h[-2], h[-1]], dim=1) if self.bidirectional else h[-1]
        """,
        "2x3x4",
    )
    assert "for _ in range(num_layers):\n            if bidirectional:" in made
    assert made.count("hidden_size, use_bias=bias, return_sequences") + made.count("use_bias=bias,\n") == 2
    assert "self.rnn = GRU(5, num_layers, bidirectional=bidirectional)" in made
    assert "ops.concatenate([h[-2], h[-1]], axis=1) if self.bidirectional" in made


def test_one_layer_whose_number_is_written_down_stays_a_layer(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self, hidden=5):
                super().__init__()
                self.rnn = nn.GRU(4, hidden, num_layers=1, batch_first=True)

            def forward(self, x):
                return self.rnn(x)[0]
        """,
        "2x3x4",
    )
    assert "class GRU(layers.Layer)" not in made


def test_arms_that_a_parameter_of_the_program_chooses_stay(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self, norm_first=False, activation="relu"):
                super().__init__()
                self.m = nn.TransformerEncoderLayer(
                    4, 2, 8, batch_first=True, activation=activation, norm_first=norm_first
                )

            def forward(self, x):
                return self.m(x)
        """,
        "2x3x4",
    )
    assert "if self.norm_first:" in made and 'if activation == "relu":' in made and "self.packed" not in made


@pytest.mark.frameworks
def test_the_class_that_was_written_has_as_many_layers_as_it_is_asked_for(written: Written) -> None:
    keras = pytest.importorskip("keras")
    made = written(
        """
        class Net(nn.Module):
            def __init__(self, num_layers=1, bidirectional=False):
                super().__init__()
                self.rnn = nn.LSTM(4, 5, num_layers, batch_first=True, bidirectional=bidirectional)

            def forward(self, x):
                return self.rnn(x)[0]
        """,
        "2x3x4",
    )
    names: dict[str, object] = {"keras": keras, "layers": keras.layers, "ops": keras.ops}
    exec(made, names)
    for layers, both, weights in ((1, False, 3), (2, False, 6), (3, True, 18)):
        net = names["Net"](layers, both)  # type: ignore[operator]
        assert net(keras.ops.zeros((2, 3, 4))).shape == (2, 3, 10 if both else 5)
        assert len(net.weights) == weights


FEATURES = """
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.layers.experimental import RandomFourierFeatures

model = keras.Sequential([
    keras.Input(shape=(6,)),
    RandomFourierFeatures(output_dim=8, {said}),
    layers.Dense(3),
])
"""


def test_random_features_are_buffers(to_torch: Callable[..., Any], write_source: Callable[..., Path]) -> None:
    source = FEATURES.format(said="scale=10.0, kernel_initializer='gaussian'")
    converted, proof = to_torch(write_source(source), "2x6", model="model")
    assert proof.why is None
    lines = [line.strip() for line in converted.text.splitlines()]
    assert "kernel = self.unscaled_kernel * (1.0 / self.kernel_scale)" in lines
    assert "return torch.cos(inputs @ kernel + self.bias)" in lines
    assert 'self.register_buffer("kernel_scale", torch.full((1,), 10.0))' in lines
    with pytest.raises(Refusal, match="another kernel"):
        to_torch(write_source(FEATURES.format(said="kernel_initializer='laplacian'")), "2x6", model="model")


GATHERED = """
import tensorflow as tf
import keras
from keras import layers, ops


class Net(keras.Model):
    def call(self, x):
        return tf.gather(x, indices=ops.argsort(x, axis=-1){rest}, batch_dims={count})
"""


@pytest.mark.parametrize(("rest", "count"), [("[..., :2]", 2), ("[:, 0, :2] // 2", 1)])
def test_entries_of_samples_are_gathered(
    to_torch: Callable[..., Any], write_source: Callable[..., Path], rest: str, count: int
) -> None:
    converted, proof = to_torch(write_source(GATHERED.format(rest=rest, count=count)), "2x3x5", model="Net()")
    assert proof.why is None and not converted.done.network.unmapped
    assert "torch.gather(params, " in converted.text


def test_entries_of_another_axis_are_not_gathered(
    to_torch: Callable[..., Any], write_source: Callable[..., Path]
) -> None:
    source = GATHERED.format(rest="[:, 0, :2] // 2", count="1, axis=2")
    with pytest.raises(Refusal, match="another axis than the one behind them"):
        to_torch(write_source(source), "2x3x5", model="Net()")


STARTED = """
import keras
from keras import layers, ops


def copied(start):
    return start.__class__.from_config(start.get_config()) if not isinstance(start, str) else start


class Heads(layers.Layer):
    def __init__(self, heads, kernel_initializer="glorot_uniform", bias_initializer="zeros"):
        super().__init__()
        self.heads = heads
        self._kernel = keras.initializers.get(kernel_initializer)
        self._bias = keras.initializers.get(bias_initializer)

    def build(self, shape):
        self.query = layers.EinsumDense("abc,cde->abde", (None, self.heads, 4), bias_axes="de", **self._starts())
        self.query.build(shape)

    def _starts(self):
        return {"kernel_initializer": copied(self._kernel), "bias_initializer": copied(self._bias)}

    def call(self, x):
        import tensorflow as tf

        found = self.query(x)
        return tf.gather(found, indices=ops.argmax(found, axis=-1, keepdims=True), batch_dims=3)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.start = keras.initializers.get("zeros")
        normal = keras.initializers.RandomNormal(stddev=0.02)
        self.heads = Heads(2, kernel_initializer=normal, bias_initializer=copied(self.start))

    def call(self, x):
        return self.heads(x)
"""


def test_settings_that_hold_initialisers_only_go_with_the_method_that_gave_them(
    tmp_path: Path, to_torch: Callable[..., Any]
) -> None:
    path = tmp_path / "model.py"
    path.write_text(STARTED, encoding="utf-8")
    converted, proof = to_torch(path, "2x3x5", model="Net()")
    assert proof.equal, proof.why
    assert 'EinsumDense("abc,cde->abde", (None, self.heads, 4), bias_axes="de")' in converted.text
    assert "self.heads = Heads(2)" in converted.text
    assert "_starts" not in converted.text and "tf." not in converted.text


def test_a_parameter_that_a_partial_binds_stays(written: Written) -> None:
    made = written(
        """
        from functools import partial
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.act = partial(nn.functional.gelu, approximate="tanh")
            def forward(self, x): return self.act(x)
        """,
        "2x4",
    )
    assert 'def gelu(input, approximate="none"):' in made
    assert 'partial(gelu, approximate="tanh")' in made


def test_what_a_library_always_answers_is_said(written: Written) -> None:
    """What stands behind it was never read: `torch.is_tensor(places)`."""
    made = written(
        """
        from transformers.utils import is_torchdynamo_compiling
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.make(4)
            def make(self, n):
                if hasattr(self, "weights"):
                    n = n + self.weights.shape[0]
                self.weights = nn.Buffer(torch.arange(n).float(), persistent=False)
            def forward(self, x):
                places = x.shape[1] + 1
                if not (is_torchdynamo_compiling() and torch.is_tensor(places)) and places > self.weights.size(0):
                    self.make(places)
                return x + self.weights[:1]
        """,
        "2x3",
    )
    assert "if places > self.weights_.shape[0]:" in made and "compiling" not in made
    assert 'if hasattr(self, "weights_"):' in made


def test_a_restatement_that_only_an_arm_nobody_took_names_is_written(written: Written) -> None:
    made = written(
        """
        def whole(x):
            return torch.fft.fft(x, dim=-1)
        class Net(nn.Module):
            def __init__(self, fast=False):
                super().__init__()
                self.f = whole if fast else torch.tanh
            def forward(self, x): return self.f(x)
        """,
        "2x3x4",
    )
    assert "def whole(x):" in made


def test_a_setting_that_a_class_below_the_restated_one_reads_stays(written: Written) -> None:
    made = written(
        """
        class Scaled(nn.Conv2d):
            def forward(self, x):
                weight = self.weight * torch.ones(self.out_channels, 1, 1, 1)
                return nn.functional.conv2d(x, weight, self.bias)
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = Scaled(2, 3, 1)
            def forward(self, x): return self.conv(x)
        """,
        "2x2x5x5",
    )
    assert "self.out_channels = out_channels" in made
