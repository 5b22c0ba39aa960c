"""Library modules without a form are read by their restatements and written like classes of the program."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from codegen.convert import Converted, convert
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.reading.elaborate import Request
from pivot.reading.inputs import parse_spec
from pivot.reading.keras import KerasDialect
from pivot.reading.torch import TorchDialect

ENCODER = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width=8, heads=2):
        super().__init__()
        layer = nn.TransformerEncoderLayer(width, heads, 16, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)

    def forward(self, x):
        return self.encoder(x)
"""
MASKED = """
from torch import nn

class MultiheadAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x):
        y, scores = self.attn(x, x, x)
        return y, scores.sum()
"""
GROUPED = """
from torch import nn
from torch.nn import functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv1d(5, 6, 3), nn.Conv1d(6, 5, 3)
        self.norm = nn.LayerNorm(6)

    def forward(self, x):
        return self.two(F.group_norm(self.one(x), 3, self.norm.weight, self.norm.bias))
"""


def converted(tmp_path: Path, opset: OpSet, text: str, model: str) -> Converted:
    path = tmp_path / "net.py"
    path.write_text(text)
    return convert(Request(path, model, (parse_spec("2x5x8"),)), TorchDialect(), "keras", opset)


def classes(made: Converted) -> dict[str, list[str]]:
    tree = ast.parse(made.text)
    return {c.name: [ast.unparse(b) for b in c.bases] for c in tree.body if isinstance(c, ast.ClassDef)}


def test_a_layer_that_no_form_reads_comes_out_as_a_class(tmp_path: Path, opset: OpSet) -> None:
    made = converted(tmp_path, opset, ENCODER, "Net()")
    assert not made.done.network.unmapped
    assert set(classes(made)) >= {"TransformerEncoderLayer", "TransformerEncoder", "Net"}
    assert {n for p in made.done.network.parameters for n in p.names} >= {
        "encoder.layers.1.self_attn.in_proj_weight",
        "encoder.layers.0.linear2.bias",
        "encoder.layers.1.norm2.weight",
    }


def test_a_layer_whose_forms_do_not_do_is_restated(tmp_path: Path, opset: OpSet) -> None:
    made = converted(tmp_path, opset, MASKED, "MultiheadAttention()")
    assert "torch.nn.MultiheadAttention" in made.done.evaluator.restated
    assert not made.done.network.unmapped


@pytest.mark.parametrize(("text", "model"), [(MASKED, "MultiheadAttention()"), (GROUPED, "Net()")])
def test_nothing_is_turned_that_the_source_does_not_turn(tmp_path: Path, opset: OpSet, text: str, model: str) -> None:
    made = converted(tmp_path, opset, text, model)
    assert made.done.evaluator.restated
    assert not [name for name in ("swapaxes(", "transpose(", "moveaxis(") if name in made.text]


def test_two_classes_of_one_name_are_told_apart(tmp_path: Path, opset: OpSet) -> None:
    made = converted(tmp_path, opset, MASKED, "MultiheadAttention()")
    assert set(classes(made)) == {"MultiheadAttention", "TorchMultiheadAttention"}
    assert "self.attn = TorchMultiheadAttention(8, 2" in made.text


@pytest.mark.parametrize(("heads", "exact"), [(2, True), (4, False)])
def test_a_layer_keeps_its_form_where_that_is_exact(tmp_path: Path, opset: OpSet, heads: int, exact: bool) -> None:
    """Keras holds 1 / sqrt(width of a head) in float32, which has it in full for 4 and not for 2."""
    text = MASKED.replace("y, scores = self.attn(x, x, x)", "y = self.attn(x, x, x, need_weights=False)[0]")
    text = text.replace("return y, scores.sum()", "return y").replace("8, 2", f"8, {heads}")
    made = converted(tmp_path, opset, text, "MultiheadAttention()")
    assert (f"layers.MultiHeadAttention({heads}, {8 // heads})" in made.text) is exact


HELD = """
import torch
from torch import nn
from torch.nn import functional as F

class Net(nn.Module):
    def __init__(self, act=F.relu, last=F.gelu):
        super().__init__()
        self.act = act
        self.last = last

    def forward(self, x):
        return self.last(self.act(x), approximate="tanh")
"""


def test_a_function_held_in_an_attribute_is_called_through_it(tmp_path: Path, opset: OpSet) -> None:
    made = converted(tmp_path, opset, HELD, "Net()")
    assert "def __init__(self, act=ops.relu, last=gelu):" in made.text
    assert "return self.last(self.act(x)" in made.text


COPIED = """
import copy
import torch
from torch import nn

class Part(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        self.scale = nn.Parameter(torch.ones(8))

    def forward(self, x):
        return self.layer(x) * self.scale

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleList([copy.deepcopy(Part(nn.Linear(8, 8))) for _ in range(2)])

    def forward(self, x):
        for part in self.parts:
            x = part(x)
        return x
"""


def test_deep_copies_of_modules_are_copies_of_layers(tmp_path: Path, opset: OpSet) -> None:
    made = converted(tmp_path, opset, COPIED, "Net()")
    assert "[copy_layers(Part(layers.Dense(8))) for _ in range(2)]" in made.text
    path = tmp_path / "net_keras.py"
    proof = prove(made, KerasDialect(), opset, path)
    assert proof.why is None
    assert len({id(target) for _, target in proof.parameters.values()}) == 2


def test_an_arm_on_trial_inside_another_restates_nothing(tmp_path: Path, opset: OpSet) -> None:
    made = converted(
        tmp_path,
        opset,
        """
from torch import nn

class Net(nn.Module):
    def __init__(self, deep=0, width=None):
        super().__init__()
        self.linear = nn.Linear(8, 4)
        if deep:
            if deep > 1:
                self.more = nn.Linear(4, width)

    def forward(self, x):
        return self.linear(x)
""",
        "Net()",
    )
    assert set(classes(made)) == {"Net"}


def test_a_layer_whose_weights_alone_are_used_comes_out_as_a_class(tmp_path: Path, opset: OpSet) -> None:
    """No layer of Keras has weights before it is called."""
    made = converted(
        tmp_path,
        opset,
        """
from torch import nn
from torch.nn import functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(8, 24)

    def forward(self, x):
        return F.linear(x, self.qkv.weight, self.qkv.bias)
""",
        "Net()",
    )
    assert set(classes(made)) == {"Linear", "Net"}
    assert prove(made, KerasDialect(), opset, tmp_path / "target.py").why is None


def test_an_arm_that_is_not_taken_is_restated_where_no_form_writes_it(tmp_path: Path, opset: OpSet) -> None:
    text = """
from torch import nn
from torch.nn import functional as F

class Net(nn.Module):
    def __init__(self, smooth=False):
        super().__init__()
        self.smooth = smooth

    def forward(self, x):
        x = x.unsqueeze(1)
        return F.interpolate(x, scale_factor=2, mode="bilinear") if self.smooth else F.relu(x)
"""
    made = converted(tmp_path, opset, text, "Net()").text
    assert 'interpolate(x, scale_factor=2, mode="bilinear")' in made
    assert "def interpolate(" in made and "raise NotImplementedError" not in made


def test_the_mode_of_resizing_that_a_parameter_says_is_followed(tmp_path: Path, opset: OpSet) -> None:
    text = """
from torch import nn

class Net(nn.Module):
    def __init__(self, mode="nearest"):
        super().__init__()
        self.up = nn.Upsample(scale_factor=2, mode=mode)

    def forward(self, x):
        return self.up(x)
"""
    made = converted(tmp_path, opset, text, "Net()").text
    assert "self.up = Upsample(scale_factor=2, mode=mode)" in made and 'if mode != "bicubic"' in made


OF_TENSORFLOW = """
import tensorflow as tf
from tensorflow.keras import backend as K


class Net(tf.keras.Model):
    def call(self, x):
        image = x[..., None]
        half = tf.dtypes.cast(tf.shape(x)[1] / 2, tf.int32)
        square = tf.matmul(x, x, transpose_b=True)
        return (
            tf.gather(x, tf.constant([0, 2, 1]), axis=1),
            tf.linalg.band_part(square, -1, 0),
            tf.math.divide_no_nan(x, tf.nn.relu(x)),
            tf.math.squared_difference(x, 2.0 * x),
            tf.add_n([x, x, x])[:, :half],
            tf.slice(x, [0, 1, 0], [-1, 2, -1]),
            tf.nn.batch_normalization(x, tf.reduce_mean(x, 0), tf.math.reduce_variance(x, 0), None, None, 1e-3),
            tf.linalg.matvec(square, x[:, :, 0]),
            tf.image.flip_left_right(image),
            tf.nn.local_response_normalization(tf.concat([image, image], -1), 1),
            tf.norm(x, axis=-1),
            tf.image.resize(image, [8, 6], method=tf.image.ResizeMethod.NEAREST_NEIGHBOR),
            K.batch_flatten(x),
            K.switch(x > 0, x, -x),
            tf.reshape(x, [-1, x.get_shape().as_list()[2]]),
        )
"""


def test_functions_of_tensorflow(tmp_path: Path, opset: OpSet) -> None:
    path = tmp_path / "net.py"
    path.write_text(OF_TENSORFLOW)
    made = convert(Request(path, "Net()", (parse_spec("2x5x8"),)), KerasDialect(), "torch", opset)
    assert not made.done.network.unmapped
    assert prove(made, TorchDialect(), opset, tmp_path / "target.py").why is None
    assert "half = int(x.shape[1] / 2)" in made.text
    assert "torch.norm(x, dim=-1)" in made.text or "vector_norm(x, dim=-1)" in made.text


OF_DISTRIBUTIONS = """
import torch
from torch import nn
from torch.distributions import Normal


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean, self.log_std = nn.Linear(4, 2), nn.Linear(4, 2)

    def forward(self, x):
        policy = Normal(self.mean(x), self.log_std(x).exp())
        action = policy.rsample()
        return action, policy.log_prob(action).sum(1) + policy.entropy().sum(1)
"""


def test_distributions_are_classes_with_what_the_program_asks_of_them(tmp_path: Path, opset: OpSet) -> None:
    path = tmp_path / "net.py"
    path.write_text(OF_DISTRIBUTIONS)
    made = convert(Request(path, "Net()", (parse_spec("2x4"),)), TorchDialect(), "keras", opset)
    assert not made.done.network.unmapped
    assert prove(made, KerasDialect(), opset, tmp_path / "target.py").why is None
    assert "class Normal:" in made.text and "def rsample(self):" in made.text
    assert "def sample(self" not in made.text and "def stddev(self" not in made.text


TIED = """
from torch import nn

class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(9, 4)
        self.head = nn.Linear(4, 9, bias=False)
        {tie}

    def forward(self, ids):
        return self.head(self.embed(ids))
"""


@pytest.mark.parametrize(
    ("tie", "result"),
    [
        ("self.head.weight = self.embed.weight", "self.embed(ids) @ ops.transpose(self.embed.embeddings, (1, 0))"),
        ("self.embed.weight = self.head.weight", "self.head(self.embed(ids))"),  # it would start from other numbers
    ],
)
def test_a_head_that_shares_the_table_of_an_embedding_has_none_of_its_own(
    opset: OpSet, tmp_path: Path, tie: str, result: str
) -> None:
    path = tmp_path / "lm.py"
    path.write_text(TIED.format(tie=tie), encoding="utf-8")
    made = convert(Request(path, "LM()", (parse_spec("2x3:int64<9"),)), TorchDialect(), "keras", opset)
    assert prove(made, KerasDialect(), opset, tmp_path / "made.py").why is None
    assert f"return {result}" in made.text
    told = [p.code for p in made.done.network.problems if p.code == "tied-weights"]
    assert told == ([] if "transpose" in result else ["tied-weights"])
    assert ("Dense" in made.text) == bool(told)


def test_a_head_with_a_bias_is_a_layer_of_the_embedding(opset: OpSet, tmp_path: Path) -> None:
    path = tmp_path / "lm.py"
    text = TIED.format(tie="self.head.weight = self.embed.weight  # shared").replace(", bias=False", "")
    path.write_text(text, encoding="utf-8")
    made = convert(Request(path, "LM()", (parse_spec("2x3:int64<9"),)), TorchDialect(), "keras", opset)
    assert prove(made, KerasDialect(), opset, tmp_path / "made.py").why is None
    assert "self.head = TiedLinear(self.embed)  # shared" in made.text and "Dense" not in made.text
    assert "return input @ ops.transpose(self.embedding.embeddings, (1, 0)) + self.bias" in made.text
