"""One text for all visits of a site, in arms on trial too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from codegen.convert import Converted

ATTENTION = """
import torch.nn as nn
from einops.layers.torch import Rearrange

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 8)
        self.split = Rearrange('b n (h d) -> b h n d', h=2)
        self.merge = Rearrange('b h n d -> b n (h d)')

    def forward(self, x, plain=None):
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        if plain is not None:
            return self.merge(v)
        return self.merge((q @ k.transpose(-1, -2)).softmax(-1) @ v)
"""


def test_an_arm_on_trial_gives_a_layer_the_order_that_it_gets_elsewhere(
    convert: Callable[..., Converted], write_source: Callable[..., Path]
) -> None:
    made = convert(write_source(ATTENTION), "2x3x8", model="Net()").text
    assert "if plain is not None:\n            return self.merge(v)" in made
    assert "return self.merge(ops.softmax(q @ ops.swapaxes(k, -1, -2)) @ v)" in made


EINSUM = """
import keras
from keras import layers, ops


class Mix(layers.Layer):
    def build(self, shape):
        self.kernel = self.add_weight(shape=(8, 2, 4))

    def call(self, x):
        return ops.sum(ops.einsum("abc,cde->abde", x, self.kernel), axis=(1, 2))


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv, self.dense = layers.Conv1D(8, 3), layers.Dense(8)
        self.one, self.two = Mix(), Mix()

    def call(self, x):
        return self.one(ops.relu(self.conv(x))) + self.two(self.dense(x))
"""


def test_an_einstein_sum_is_reached_in_one_order(
    to_torch: Callable[..., Any], write_source: Callable[..., Path]
) -> None:
    converted, proof = to_torch(write_source(EINSUM), "2x6x5", model="Net()")
    assert proof.why is None
    assert 'torch.einsum("abc,cde->abde", x, self.kernel)' in converted.text


WINDOWS = """
import torch
from torch import nn
from torch.nn import functional as F
from einops import rearrange
from torch import einsum

class Attend(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size
        self.mlp = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
        self.bias = nn.Parameter(torch.zeros(size * size, size * size))

    def forward(self, x):
        x = F.adaptive_avg_pool2d(x, self.size)
        q = rearrange(x, 'b (h d) i j -> b h (i j) d', h=2)
        sim = einsum('b h i d, b h j d -> b h i j', q, q)
        sim = sim + self.bias
        place = torch.arange(self.size)
        grid = rearrange(torch.stack(torch.meshgrid(place, place, indexing='ij')), 'c i j -> (i j) c')
        sim = sim + self.mlp(grid.float())[:, 0]
        return sim.softmax(-1).sum((-1, -2))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.parts = nn.ModuleList([Attend(4), Attend(2), Attend(1)])

    def forward(self, x):
        x = self.conv(x)
        return sum(part(x) for part in self.parts)
"""


def test_a_window_of_one_place_is_written_like_larger_ones(
    convert: Callable[..., Converted], write_source: Callable[..., Path]
) -> None:
    made = convert(write_source(WINDOWS), "2x3x8x8", model="Net()").text
    assert "sim = sim + ops.expand_dims(self.bias, axis=1)" in made
    assert "layers.Lambda(lambda x: ops.transpose(x, (1, 0)))" in made  # no batch stands in front
