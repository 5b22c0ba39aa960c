"""A class that is reached with tensors in two orders: the statement that makes the odd one transposes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.convert import Converted
from codegen.static_proof import Proof, prove
from pivot.opset import OpSet
from pivot.reading.keras import KerasDialect

NET = """
import torch
from torch import nn


class Conv(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.conv = nn.Conv2d(a, b, 1)

    def forward(self, x):
        return self.conv(x).relu()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = Conv(3, 8), Conv(8, 4)
        self.attn = nn.Softmax(dim=-1)

    def forward(self, x):
        x = self.one(x)
        n, c, h, w = x.shape
        flat = x.flatten(2)
        mixed = torch.matmul(self.attn(flat @ flat.transpose(1, 2)), flat).view(n, c, h, w)
        return self.two(mixed)
"""


def test_the_odd_one_is_transposed_where_it_is_made(
    convert: Callable[..., Converted], write_source: Callable[..., Path], opset: OpSet, tmp_path: Path
) -> None:
    made = convert(write_source(NET), "2x3x6x6", model="Net()")
    assert "ops.transpose(ops.reshape(" in "".join(made.text.split())
    assert prove(made, KerasDialect(), opset, tmp_path / "target.py").why is None


BLOCKS = """
import keras
from keras import ops


def bent(x):
    return 0.5 * x * (1 + ops.erf(x))


def scaled(x, gamma):
    return ops.layer_normalization(x, gamma, epsilon=1e-6)


class Norm(keras.layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.gamma = self.add_weight(shape=(width,), initializer='ones')

    def call(self, x):
        return scaled(x, self.gamma)


class Block(keras.layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.conv = keras.layers.Conv2D(width, 3, padding='same')
        self.dense = keras.layers.Dense(width)

    def call(self, x):
        return bent(self.dense(self.conv(x))) + x


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.stem = keras.layers.Conv2D(4, 3)
        self.norm = Norm(4)
        self.first = [Block(4) for _ in range(2)]
        self.down_norm = Norm(4)
        self.down = keras.layers.Conv2D(8, 2, strides=2)
        self.second = [Block(8) for _ in range(2)]

    def call(self, x):
        x = self.norm(self.stem(x))
        for block in self.first:
            x = block(x)
        x = self.down(self.down_norm(x))
        for block in self.second:
            x = block(x)
        return x
"""


def test_what_is_odd_because_of_another_is_not_turned(
    to_torch: Callable[..., tuple[Converted, Proof]], write_source: Callable[..., Path]
) -> None:
    made, proof = to_torch(write_source(BLOCKS), "2x9x9x3", model="Net()")
    assert proof.equal
    assert "return 0.5 * x * (1 + torch.erf(x))" in made.text
    assert made.text.count(".permute(") == 4  # around the normalization, and around what a block computes


SPARED = """
import torch
from torch import nn


def mean(x):
    n, c, h, w = x.shape
    return x.sum(1, keepdim=True) / (h * w)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 1)

    def forward(self, x):
        x = self.conv(mean(x)).flatten(2)
        x = (x @ x.transpose(1, 2)).unsqueeze(1)
        return mean(x), mean(x @ x)
"""


def test_an_input_stays_in_the_sources_order_where_a_function_takes_all_others_so(
    convert: Callable[..., Converted], write_source: Callable[..., Path], opset: OpSet, tmp_path: Path
) -> None:
    made = convert(write_source(SPARED), "2x3x6x6", model="Net()")
    assert "self.conv(ops.transpose(" in "".join(made.text.split())
    assert prove(made, KerasDialect(), opset, tmp_path / "target.py").why is None


HEADS = """
import torch
from torch import nn


class Blur(nn.Module):
    def forward(self, x):
        return (x + nn.functional.avg_pool2d(x, 3, 1, 1)) / 2


class Pool(nn.Module):
    def __init__(self, pool):
        super().__init__()
        self.pool = pool

    def forward(self, x, size):
        x = x.transpose(2, 3)
        b, n, c = x.shape[:3]
        x = self.pool(x.reshape((b * n, c) + size))
        return x.reshape(b, n, c, -1).transpose(2, 3)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.whole = Pool(nn.Conv2d(8, 8, 3, padding=1))
        self.heads = Pool(nn.Conv2d(4, 4, 3, padding=1))
        self.blur = Pool(Blur())

    def forward(self, x):
        size = (6, 5)
        whole = self.whole(x.unsqueeze(1), size)
        heads = self.heads(x.unflatten(-1, (2, 4)).transpose(1, 2), size)
        return torch.cat([heads, self.blur(heads, size)], 2), torch.cat([whole, self.blur(whole, size)], 2)
"""


def test_a_call_that_reaches_layers_and_modules_of_the_program_gives_both_one_order(
    convert: Callable[..., Converted], write_source: Callable[..., Path], opset: OpSet, tmp_path: Path
) -> None:
    """One head or two: which axes a reshape merges is taken from the visit where no axis has size 1."""
    made = convert(write_source(HEADS), "2x30x8", model="Net()")
    text = "".join(made.text.split())
    assert "self.pool(ops.transpose(ops.reshape(" in text
    assert prove(made, KerasDialect(), opset, tmp_path / "target.py").why is None


WINDOWS = """
import torch
import torch.nn as nn
import torch.nn.functional as F

class Block(nn.Module):
    def __init__(self, shift):
        super().__init__()
        self.shift = shift
        self.norm = nn.LayerNorm(6)

    def forward(self, x):
        n, l, c = x.shape
        x = self.norm(x).view(n, 4, 4, c)
        if self.shift > 0:
            y = F.pad(x, [0, 0, 2, 2, 2, 2], "reflect")
        else:
            y = x
        _, h, w, _ = y.shape
        y = y.view(n, h // 2, 2, w // 2, 2, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, 4, c)
        return y.reshape(n, -1, c)[:, :l]

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block(0), Block(2), Block(0)])

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x
"""


def test_an_arm_on_trial_is_in_no_way_of_a_transpose(
    convert: Callable[..., Converted], write_source: Callable[..., Path], opset: OpSet, tmp_path: Path
) -> None:
    made = convert(write_source(WINDOWS), "2x16x6", model="Net()")
    assert "y=ops.transpose(ops.squeeze(ops.pad(" in "".join(made.text.split())
    assert prove(made, KerasDialect(), opset, tmp_path / "target.py").why is None
