"""A small pair of programs, the plan that verifies it, and what can be planted in it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from codegen.verify.plan import (
    InputSpec,
    MatchedNode,
    OutputSpec,
    Place,
    Probe,
    SourceFacts,
    StaticResult,
    TargetFacts,
    VerificationPlan,
)

SOURCE = """
import argparse

import torch
import torch.nn as nn
from a_module_that_is_not_installed import helper, registered

try:
    import another_missing_one
except ImportError:
    another_missing_one = None

args = argparse.ArgumentParser().parse_args()
CHANNELS = 4


@registered
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width, eps=1e-5)

    def forward(self, x):
        return torch.relu(self.norm(self.conv(x)) + x)


class Net(nn.Module):
    def __init__(self, hidden=opt.hidden):
        super().__init__()
        self.stem = nn.Conv2d(3, CHANNELS, 3, padding=1)
        self.blocks = nn.ModuleList([Block(CHANNELS), Block(CHANNELS)])
        self.drop = nn.Dropout(0.5)
        self.norm = nn.LayerNorm(CHANNELS, eps=1e-5)
        self.head = nn.Linear(CHANNELS, hidden)
        self.missing = another_missing_one is None

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        x = self.drop(x.mean((2, 3)))
        return self.head(self.norm(x)), x.argmax(1)


model = Net()
raise SystemExit("the script itself must not run")
"""

TARGET = """
import keras
from keras import layers, ops


class Block(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.conv = layers.Conv2D(width, 3, padding="same", use_bias=False)
        self.norm = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)

    def call(self, x, training=None):
        return ops.relu(self.norm(self.conv(x), training=training) + x)


class Net(keras.Model):
    def __init__(self, hidden=5):
        super().__init__()
        self.stem = layers.Conv2D(4, 3, padding="same")
        self.blocks = [Block(4), Block(4)]
        self.drop = layers.Dropout(0.5)
        self.norm = layers.LayerNormalization(epsilon=1e-5)
        self.head = layers.Dense(hidden)

    def call(self, x, training=None):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x, training=training)
        x = self.drop(ops.mean(x, axis=(1, 2)), training=training)
        return self.head(self.norm(x)), ops.argmax(x, axis=1)
"""


def carry(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """state_dict of the source -> variables of the target."""

    def conv(name: str) -> np.ndarray:
        return state[f"{name}.weight"].transpose(2, 3, 1, 0)

    found = {
        "layers/conv2d/vars/0": conv("stem"),
        "layers/conv2d/vars/1": state["stem.bias"],
        "layers/layer_normalization/vars/0": state["norm.weight"],
        "layers/layer_normalization/vars/1": state["norm.bias"],
        "head/vars/0": state["head.weight"].T,
        "head/vars/1": state["head.bias"],
    }
    for number, name in enumerate(("block", "block_1")):
        found[f"blocks/{name}/conv/vars/0"] = conv(f"blocks.{number}.conv")
        for place, part in enumerate(("weight", "bias", "running_mean", "running_var")):
            found[f"blocks/{name}/norm/vars/{place}"] = state[f"blocks.{number}.norm.{part}"]
    return found


def make_plan(folder: Path, *, source: str = SOURCE, target: str = TARGET, **changes: object) -> VerificationPlan:
    """Both files written into `folder`, and the plan that compares them."""
    left, right = folder / "net.py", folder / "net_keras.py"
    left.write_text(textwrap.dedent(source), encoding="utf-8")
    probed = source.replace("self.stem(x)", '__pivot_record__("stem", self.stem(x))')
    right.write_text(textwrap.dedent(target), encoding="utf-8")
    turned = (0, 3, 1, 2)
    nodes = [
        node("n1", "conv2d", "stem", "stem", turned, site=True),
        node("n02", "conv2d", "blocks.0.conv", "blocks[0].conv", turned),
        node("n03", "batch_norm", "blocks.0.norm", "blocks[0].norm", turned),
        node("n12", "conv2d", "blocks.1.conv", "blocks[1].conv", turned),
        node("n13", "batch_norm", "blocks.1.norm", "blocks[1].norm", turned),
        node("n4", "layer_norm", "norm", "norm", None),
        node("n5", "linear", "head", "head", None),
    ]
    facts: dict[str, object] = {
        "source": SourceFacts(
            str(left),
            str(folder),
            None,
            "Net()",
            {"opt": "SimpleNamespace(hidden=5)", "args": "None"},
            {str(left): probed},
        ),
        "target": TargetFacts(str(right), "Net()"),
        "inputs": (
            InputSpec(
                "x", (2, 3, 6, 7), "float32", ("N", None, "H", "W"), source_axes="N C H W", target_axes="N H W C"
            ),
        ),
        "outputs": (OutputSpec("logits"), OutputSpec("best")),
        "carrier": carry,
        "nodes": tuple(nodes),
        "static": StaticResult(True, 12),
        "modes": ("eval", "train"),
        "limit_s": 120.0,
    }
    return VerificationPlan(**(facts | changes))  # type: ignore[arg-type]


def node(id: str, op: str, path: str, target: str, order: tuple[int, ...] | None, *, site: bool = False) -> MatchedNode:
    """A node recorded at a module on both sides, or at an instrumented site of the source."""
    here, there = Place("net.py", 20, 9, 20, 30), Place("net_keras.py", 12, 9, 12, 30)
    return MatchedNode(id, op, path, Probe(path, site=site), Probe(target), order, here, there)
