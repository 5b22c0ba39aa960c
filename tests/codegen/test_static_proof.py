"""The static proof finds every change of meaning in the written text, and calls nothing else a difference."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.static_proof import Proof, alike, prove
from pivot.dims import symbol
from pivot.opset import OpSet
from pivot.reading.keras import KerasDialect

Convert = Callable[..., Converted]

SOURCE = """
import torch
import torch.nn as nn
import torch.nn.functional as F

class Block(nn.Module):
    def __init__(self, channels, p=0.2):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels, eps=1e-3)
        self.drop = nn.Dropout(p)
        self.relu = nn.ReLU()

    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.drop(out)
        out = self.bn2(self.conv2(out))
        out = out - identity
        return self.relu(out)

class Net(nn.Module):
    def __init__(self, width=8, classes=5):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(width))
        self.shift = nn.Parameter(torch.zeros(width))
        self.stem = nn.Conv2d(3, width, 3, padding=1)
        self.blocks = nn.ModuleList([Block(width, p=0.1 * i) for i in range(2)])
        self.pool = nn.MaxPool2d(2)
        self.a = nn.Linear(width * 2, 16)
        self.b = nn.Linear(16, 16)
        self.c = nn.Linear(16, classes)
        self.norm = nn.LayerNorm(16)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        left = F.leaky_relu(x, 0.1)
        right = torch.sigmoid(x)
        y = torch.cat([left, right], dim=1)
        y = self.pool(y)
        y = y.mean((2, 3))
        z = y[:, 2:6]
        h = F.gelu(self.a(y))
        h = self.b(h) / 2.0
        h = self.b(self.norm(h)) * torch.softmax(h, dim=-1)
        q, k = h.chunk(2, dim=1)
        w = x.mean((2, 3)) * self.scale + self.shift
        u = torch.clamp(w, 0.0, 3.0)
        if self.training:
            return self.c(h), q - k, z, u
        return self.c(h), k - q, z, u
"""


@pytest.fixture(scope="module")
def converted(convert: Convert, tmp_path_factory: pytest.TempPathFactory) -> Converted:
    path = tmp_path_factory.mktemp("proof") / "model.py"
    path.write_text(SOURCE, encoding="utf-8")
    return convert(path, "2x3x8x8", model="Net()")


def proof_of(converted: Converted, text: str, opset: OpSet) -> Proof:
    """The proof of a conversion whose text somebody has changed."""
    kept, converted.text = converted.text, text
    try:
        return prove(converted, KerasDialect(), opset, Path("changed_keras.py"))
    finally:
        converted.text = kept


def test_what_was_written_is_what_was_lowered(converted: Converted, opset: OpSet) -> None:
    proof = proof_of(converted, converted.text, opset)
    assert (proof.why, proof.place, proof.equal) == (None, None, True)
    assert {match.mode for match in proof.matches} == {"eval", "train"}
    assert len(proof.parameters) == 2
    assert proof.target is not None


UNREAD = """
import torch.nn as nn

class Net(nn.Module):
    def __init__(self, base=None):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.scale = None
        if base is None:
            return
        self.scale, self.base = 2.0, base

    def forward(self, x):
        top = len(x.shape) + x.max()
        y = self.fc(x)
        if self.scale is None:
            return y
        return y * self.scale + top / self.base
"""


def test_a_value_that_only_an_unwritten_arm_reads_may_be_left_out(
    convert: Convert, write_source: Callable[..., Path], opset: OpSet
) -> None:
    converted = convert(write_source(UNREAD), "2x4", model="Net()")
    assert "NotImplementedError" in converted.text
    assert proof_of(converted, converted.text, opset).equal
    changed = converted.text.replace("y = self.fc(x)", "y = self.fc(x) + 1")
    assert not proof_of(converted, changed, opset).equal


@dataclass(frozen=True, slots=True)
class Change:
    """`old` is replaced by `new` in every line that holds `line`."""

    line: str
    old: str
    new: str


CHANGES = (
    # numbers and flags of layers
    Change("self.conv1 = ", "3", "5"),
    Change("self.conv1 = ", '"same"', '"valid"'),
    Change("self.conv1 = ", "use_bias=False", "use_bias=True"),
    Change("self.conv1 = ", "channels", "channels + 1"),
    Change("self.bn1 = ", "momentum=0.9", "momentum=0.99"),
    Change("self.bn1 = ", "epsilon=1e-05", "epsilon=1.0000001e-05"),
    Change("self.bn2 = ", "BatchNormalization(momentum=0.9", "BatchNormalization(epsilon=1e-05, momentum=0.9"),
    Change("self.drop = ", "(p)", "(p / 2)"),
    Change("self.blocks = ", "range(2)", "range(3)"),
    Change("self.blocks = ", "0.1 * i", "0.1"),
    Change("self.pool = ", "MaxPooling2D()", "MaxPooling2D(2, 1)"),
    Change("self.pool = ", "MaxPooling2D", "AveragePooling2D"),
    Change("self.c = ", "classes", "classes + 1"),
    Change("self.norm = ", "epsilon=1e-05", "epsilon=0.001"),
    # which layer, which weight
    Change("out = self.bn2", "self.conv2", "self.conv1"),
    Change("out = self.bn2", "self.bn2", "self.bn1"),
    Change("out = self.relu(self.bn1", "self.conv1", "self.conv2"),
    Change("h = gelu", "self.a", "self.b"),
    Change("w = ", "self.scale", "self.shift"),
    Change("w = ", "self.shift", "self.scale"),
    # operands
    Change("out = out - identity", "out - identity", "identity - out"),
    Change("out = out - identity", "identity", "x + out"),
    Change("out = out - identity", "-", "+"),
    Change("y = ops.concatenate", "[left, right]", "[right, left]"),
    Change("y = ops.concatenate", "[left, right]", "[left, left]"),
    Change("w = ", "(x, axis", "(left, axis"),
    Change("training", "q - k", "k - q"),
    # axes, indices and numbers of functions
    Change("y = ops.concatenate", "axis=-1", "axis=1"),
    Change("y = ops.mean", "axis=(1, 2)", "axis=(1, 3)"),
    Change("y = ops.mean", "axis=(1, 2)", "axis=(1, 2), keepdims=True"),
    Change("z = ", "2:6", "2:7"),
    Change("z = ", "2:6", "1:5"),
    Change("z = ", "[:, 2:6]", "[2:6]"),
    Change("ops.softmax", "ops.softmax(h)", "ops.softmax(h, axis=0)"),
    Change("ops.softmax", "ops.softmax(h)", "ops.log_softmax(h)"),
    Change("left = ", "0.1", "0.11"),
    Change("left = ", "maximum", "minimum"),
    Change("h = self.b(h)", "/ 2.0", "/ 2.5"),
    Change("ops.erf", "math.sqrt(2)", "math.sqrt(3)"),
    Change("ops.clip", "3.0", "2.0"),
    Change("q, k", "q, k", "k, q"),
    Change("return self.c(h)", "z, u", "u, z"),
    # statements
    Change("out = self.drop(out)", "out = self.drop(out)", "pass"),
    Change("identity = x", "identity = x", "identity = self.relu(x)"),
    Change("y = self.pool(y)", "self.pool(y)", "self.pool(ops.relu(y))"),
    Change("h = self.b(h)", "self.b(h) / 2.0", "self.b(h / 2.0)"),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: f"{c.line} {c.old} > {c.new}")
def test_no_change_of_meaning_passes(converted: Converted, opset: OpSet, change: Change) -> None:
    text = changed(converted.text, change)
    proof = proof_of(converted, text, opset)
    assert proof.why is not None
    assert proof.place is None or proof.place[1] > 0


def changed(text: str, change: Change) -> str:
    lines = text.split("\n")
    if change.line == "training":
        at = next(i for i, line in enumerate(lines) if "if training" in line)
        hit = [at + 1]
    else:
        hit = [i for i, line in enumerate(lines) if change.line in line and change.old in line]
    assert hit, f"{change.line!r} with {change.old!r} is not in the written text:\n{text}"
    for i in hit:
        lines[i] = lines[i].replace(change.old, change.new)
    made = "\n".join(lines)
    assert made != text
    ast.parse(made)
    return made


@pytest.mark.parametrize("place", range(8))
def test_statements_of_a_forward_pass_do_not_change_places(converted: Converted, opset: OpSet, place: int) -> None:
    """Each statement that reads what the one before it made."""
    tree = ast.parse(converted.text)
    block, net = (
        next(f for c in tree.body if isinstance(c, ast.ClassDef) and c.name == name for f in c.body
             if isinstance(f, ast.FunctionDef) and f.name == "call")
        for name in ("Block", "Net")
    )  # fmt: skip
    body, at = [(block.body, i) for i in (1, 2, 3, 4)][place] if place < 4 else (net.body, (0, 4, 5, 9)[place - 4])
    body[at], body[at + 1] = body[at + 1], body[at]
    proof = proof_of(converted, ast.unparse(tree), opset)
    assert proof.why is not None


HARMLESS = (
    Change("identity = x", "identity = x", "identity = ops.stop_gradient(x) if False else x"),
    Change("y = self.pool(y)", "y = self.pool(y)", "y = self.pool(layers.Identity()(y))"),
    Change("ops.softmax(h)", "ops.softmax(h)", "ops.softmax(h, axis=1)"),
    Change("z = ", "[:, 2:6]", "[..., 2:6]"),
    Change("y = ops.mean", "axis=(1, 2)", "axis=(2, 1)"),
    Change("y = ops.mean", "axis=(1, 2)", "axis=(-3, -2)"),
    Change("self.conv1 = ", "channels, 3", "filters=channels, kernel_size=(3, 3)"),
    Change("self.bn2 = ", "momentum=0.9", "momentum=0.9, epsilon=0.001"),
)


@pytest.mark.parametrize("change", HARMLESS, ids=lambda c: f"{c.line} {c.old} > {c.new}")
def test_another_notation_of_the_same_is_equal(converted: Converted, opset: OpSet, change: Change) -> None:
    assert proof_of(converted, changed(converted.text, change), opset).why is None


def test_a_text_that_cannot_be_read_back_is_not_equal(converted: Converted, opset: OpSet) -> None:
    proof = proof_of(converted, "class Net(:\n", opset)
    assert not proof.equal
    assert proof.why is not None and "read back" in proof.why
    assert proof.place is not None and proof.place[1] == 1


def test_a_difference_names_the_line_of_the_source(converted: Converted, opset: OpSet) -> None:
    proof = proof_of(
        converted, changed(converted.text, Change("left = ", "ops.maximum(x, 0.1 * x)", "ops.elu(x)")), opset
    )
    lines = SOURCE.split("\n")
    assert proof.place is not None
    assert "F.leaky_relu" in lines[proof.place[1] - 1]


def test_an_index_that_is_a_tensor_is_the_same_tensor(
    convert: Convert, write_source: Callable[..., Path], opset: OpSet
) -> None:
    source = write_source("""
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 4)

            def forward(self, x, i, j):
                return self.fc(x)[i]
    """)
    converted = convert(source, "8x4", "i=8:int64<8", "j=8:int64<8", model="Net()")
    assert proof_of(converted, converted.text, opset).why is None
    assert ", i, axis=0)" in converted.text
    assert proof_of(converted, converted.text.replace(", i, axis", ", j, axis"), opset).why is not None


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (0.1, 0.1, True),
        (0.1, 0.1 + 1e-17, True),
        (1e-05, 1.0000001e-05, False),
        (1, 1.0, True),
        (2, 3, False),
        ((1, 2), [1, 2], True),
        ((1, 2), (1, 2, 3), False),
        (slice(0, None), slice(0, None), True),
        (slice(0, 3), slice(1, 3), False),
        (None, 0, False),
        ("same", "valid", False),
        (symbol("H", 8), 8, True),
        (symbol("H", 8), 9, False),
        (1 - 0.9997, 0.0003, True),  # what is left of 0.9997
        (1e-17, 2e-17, False),
    ],
)
def test_parameters_are_compared_by_what_they_say(a: object, b: object, same: bool) -> None:
    assert alike(a, b) is same


def test_what_serves_no_output_may_stay_in_the_target(
    convert: Callable[..., Converted], opset: OpSet, write_source: Callable[..., Path], tmp_path: Path
) -> None:
    """The update of a buffer is left out, and with it goes what only it needs; the zeros stay an argument."""
    text = """
import torch
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("steps", torch.zeros(3))

    def forward(self, x):
        self.steps.add_(1)
        return F.batch_norm(x, torch.zeros(3), torch.ones(3), training=True)
"""
    made = convert(write_source(text), "2x3x4x5", model="Net()")
    assert "ops.zeros((3,))" in made.text
    assert prove(made, KerasDialect(), opset, tmp_path / "net_keras.py").why is None


IDLE = """
import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        y = self.fc(x)
        seen = torch.tanh(y)
        if self.training and seen is None:
            y = seen
        return y * 2
"""


def test_what_serves_no_output_may_be_left_out_of_the_target(
    convert: Convert, write_source: Callable[..., Path], opset: OpSet
) -> None:
    converted = convert(write_source(IDLE), "2x4", model="Net()")
    needed = converted.text.replace("return y * 2", "return y")
    assert not proof_of(converted, needed, opset).equal
    left_out = "\n".join(line for line in converted.text.split("\n") if "tanh" not in line and "seen" not in line)
    assert "tanh" in converted.text
    assert proof_of(converted, left_out, opset).equal


def test_a_value_that_is_turned_twice_may_be_turned_in_either_order(
    convert: Convert, opset: OpSet, tmp_path: Path
) -> None:
    path = tmp_path / "net.py"
    path.write_text(
        "from torch import nn\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.first, self.layer = nn.Linear(8, 8), nn.TransformerEncoderLayer(8, 2, 16)\n\n"
        "    def forward(self, x):\n        return self.layer(self.first(x))\n",
        encoding="utf-8",
    )
    made = convert(path, "5x3x8", model="Net()")
    assert "ops.transpose(x, (1, 0, 2)) + self.attend(x)" in made.text  # before that of the attention
    assert prove(made, KerasDialect(), opset, tmp_path / "net_keras.py").why is None
