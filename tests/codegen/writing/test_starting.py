"""What layers start from, written at their making sites; the numbers drawn on both sides."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted, write_target
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.reading.elaborate import Elaborated
from pivot.reading.keras import KerasDialect

HEAD = "import torch\nfrom torch import nn\n\n\n"
NET = """
class Net(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = nn.Embedding(9, 16)
        self.first = nn.Linear(16, width)
        self.second = nn.Linear(width, 16)
        self.third = nn.Linear(16, 16)
        self.rnn = nn.GRU(16, 16, batch_first=True)
        self.conv = nn.Conv1d(16, 16, 3, padding=1)
        self.norm = nn.LayerNorm(16)
        self.scale = nn.Parameter(torch.ones(16))
        nn.init.kaiming_normal_(self.second.weight, nonlinearity="relu")
        for layer in (self.third, self.norm):
            nn.init.normal_(layer.weight, 1, 0.02)
            nn.init.zeros_(layer.bias)
        nn.init.uniform_(self.scale, -2, 1)

    def forward(self, ids):
        x = self.third(self.second(self.first(self.embed(ids))))
        x = self.conv(x.transpose(1, 2)).transpose(1, 2)
        x, _ = self.rnn(x)
        return self.norm(x) * self.scale
"""

WIDTHS = """
class Net(nn.Module):
    def __init__(self, widths=(3, 4, 8)):
        super().__init__()
        convs = []
        for i in range(len(widths) - 1):
            inputs = widths[i]
            convs.append(nn.Conv2d(inputs, widths[i + 1], 3))
        self.convs = nn.ModuleList(convs)
        for conv in self.convs:
            nn.init.kaiming_normal_(conv.weight)

    def forward(self, x):
        for conv in self.convs:
            x = conv(x)
        return x
"""


@pytest.fixture
def source(
    opset: OpSet, read: Callable[..., Elaborated], write_source: Callable[..., Path]
) -> Callable[..., Converted]:
    """`source(text, "2x4")` converts with `--init source`."""

    def made(text: str, *inputs: str) -> Converted:
        return write_target(read(write_source(HEAD + text), *inputs, model="Net()"), "keras", opset, init="source")

    return made


def test_initialisers_stand_at_the_making_sites(source: Callable[..., Converted], opset: OpSet, tmp_path: Path) -> None:
    converted = source(NET, "2x5:int64<9")
    lines = [line.strip() for line in converted.text.split("\n")]
    for line in (
        "self.first = Dense(width)",
        'self.conv = Conv1D(16, 3, padding="same")',
        "self.rnn = GRU(16, return_sequences=True)",
        "self.third = layers.Dense(16, kernel_initializer=normal)",
        "shape=(16,), initializer=keras.initializers.RandomUniform(-2.0, 1.0)",
        "kernel_initializer=keras.initializers.VarianceScaling(",
        "bias_initializer=uniform(16),",
    ):
        assert line in lines
    assert prove(converted, KerasDialect(), opset, tmp_path / "target.py").why is None


def test_defaults_of_the_library_are_left_out_where_only_calls_are_wanted(
    opset: OpSet, read: Callable[..., Elaborated], write_source: Callable[..., Path]
) -> None:
    done = read(write_source(HEAD + NET), "2x5:int64<9", model="Net()")
    text = write_target(done, "keras", opset, init="calls").text
    assert "self.first = layers.Dense(width)" in text
    assert "self.third = layers.Dense(16, kernel_initializer=normal)" in text
    assert "def uniform" not in text


def test_names_of_the_program_are_left_alone(source: Callable[..., Converted]) -> None:
    text = """
class Dense(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, uniform):
        return self.fc(uniform)


class Net(Dense):
    pass
"""
    made = source(text, "2x4").text
    assert "class DenseLayer(layers.Dense):" in made
    assert "self.fc = DenseLayer(4)" in made
    assert "def fan_in_uniform(fan_in):" in made


def test_what_is_not_carried_is_said(source: Callable[..., Converted]) -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        nn.init.sparse_(self.fc.weight, 0.5)
        self.more = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])
        nn.init.constant_(self.more[1].weight, 2)

    def forward(self, x):
        for layer in self.more:
            x = layer(x)
        return self.fc(x)
"""
    found = source(text, "2x4").written.problems
    assert [(p.code, p.severity, p.line) for p in found] == [("initialiser", "info", 10), ("initialiser", "info", 12)]


def test_a_start_that_is_made_of_another_weight_is_said(source: Callable[..., Converted]) -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.p = nn.Parameter(self.fc.weight.abs())

    def forward(self, x):
        return self.fc(x) * self.p
"""
    found = source(text, "4x4").written.problems
    assert [(p.code, p.line) for p in found] == [("initialiser", 10)] and "from other weights" in found[0].why


@pytest.mark.frameworks
def test_both_sides_draw_from_the_same_distributions(source: Callable[..., Converted]) -> None:
    """Bounds and moments of every weight over several models, within what chance allows."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    import numpy as np

    torch, keras = pytest.importorskip("torch"), pytest.importorskip("keras")
    converted = source(NET, "2x5:int64<9")
    ours: dict[str, object] = {}
    theirs: dict[str, object] = {}
    exec(HEAD + NET, theirs)
    exec(converted.text, ours)
    drawn: list[list[object]] = [[], []]
    for seed in range(6):
        torch.manual_seed(seed)
        keras.utils.set_random_seed(seed)
        model, net = theirs["Net"](), ours["Net"]()  # type: ignore[operator]
        net(np.zeros((2, 5), "int64"))
        state = {name: p.detach().numpy() for name, p in model.named_parameters()}
        drawn[0].append([state[name] for name in NAMES])
        drawn[1].append([layer_weight(net, name) for name in NAMES])
    for place, name in enumerate(NAMES):
        a, b = (np.concatenate([one[place].ravel() for one in side]) for side in drawn)  # type: ignore[index]
        spread = a.std()
        chance = 5 * spread / min(a.size, b.size) ** 0.5 + 1e-7
        assert abs(a.mean() - b.mean()) <= 2 * chance, name
        assert abs(spread - b.std()) <= 2 * chance, name
        assert abs(np.abs(a - a.mean()).max() - np.abs(b - b.mean()).max()) <= 0.6 * spread + 1e-7 + abs(a.mean()), name
        firsts = {float(one[place].ravel()[0]) for one in drawn[1]}  # type: ignore[index]
        assert len(firsts) == 6 or spread < 1e-6, f"{name} is drawn once for all"


NAMES = {
    "embed.weight": "embed.embeddings", "first.weight": "first.kernel", "first.bias": "first.bias",
    "second.weight": "second.kernel", "second.bias": "second.bias", "third.weight": "third.kernel",
    "third.bias": "third.bias", "rnn.weight_ih_l0": "rnn.cell.kernel", "rnn.weight_hh_l0": "rnn.cell.recurrent_kernel",
    "rnn.bias_ih_l0": "rnn.cell.bias", "conv.weight": "conv.kernel", "conv.bias": "conv.bias",
    "norm.weight": "norm.gamma", "scale": "scale",
}  # fmt: skip


def layer_weight(net: object, name: str) -> object:
    """The array of a weight of the target by the source's name."""
    import numpy as np

    value = net
    for part in NAMES[name].split("."):
        value = getattr(value, part)
    return np.asarray(value)


def test_one_site_with_and_without_a_bias_starts_both(source: Callable[..., Converted]) -> None:
    text = """
class Block(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.fc = nn.Linear(4, 4, bias=bias)
        if bias:
            nn.init.ones_(self.fc.bias)

    def forward(self, x):
        return self.fc(x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(Block(False), Block(True))

    def forward(self, x):
        return self.body(x)
"""
    assert 'bias_initializer="ones"' in source(text, "2x4").text


BOTH_WAYS = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(8, 4, batch_first=True, bidirectional=True)
{more}
    def forward(self, x):
        y, h = self.rnn(x)
        return {out}
"""


@pytest.mark.parametrize("out", ["y", "h[-1]"])
@pytest.mark.parametrize("more", ["", "        nn.init.zeros_(self.rnn.bias_hh_l0)\n"])
def test_the_layer_inside_a_wrapper_gets_the_initialisers(
    source: Callable[..., Converted], opset: OpSet, tmp_path: Path, out: str, more: str
) -> None:
    converted = source(BOTH_WAYS.format(out=out, more=more), "2x5x8")
    calls = [n for n in ast.walk(ast.parse(converted.text)) if isinstance(n, ast.Call)]
    wrapper = next(n for n in calls if ast.unparse(n.func).endswith("Bidirectional"))
    assert not [k.arg for k in wrapper.keywords if "initializer" in str(k.arg)]
    assert prove(converted, KerasDialect(), opset, tmp_path / "target.py").why is None


OWN_WEIGHTS = """
class Masked(nn.Linear):
    def forward(self, x):
        return x @ (self.weight * 2).T + self.bias


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = Masked(8, 16), Masked(16, 12)
        self.attend = nn.MultiheadAttention(12, 3, add_zero_attn=True, batch_first=True)

    def forward(self, x):
        x = self.second(self.first(x))
        return self.attend(x, x, x)[0]
"""


@pytest.mark.parametrize("init", ["source", "keras"])
def test_layers_that_hold_their_weights_do_not_start_from_zeros(
    opset: OpSet, read: Callable[..., Elaborated], write_source: Callable[..., Path], init: str
) -> None:
    text = write_target(read(write_source(HEAD + OWN_WEIGHTS), "2x4x8", model="Net()"), "keras", opset, init=init).text
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    weights = [ast.unparse(call) for call in calls if ast.unparse(call.func) == "self.add_weight"]
    zeros = [made for made in weights if "zeros" in made]
    assert len(weights) == 4
    assert all("shape=(3 * embed_dim,)" in made or "shape=(out_features,)" in made for made in zeros)
    assert ("glorot_uniform" in "".join(weights)) == (init == "source")


def test_layers_on_top_of_each_other_start_as_one_does(source: Callable[..., Converted]) -> None:
    program = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 8, num_layers=2, bidirectional=True, batch_first=True)
        self.cell = nn.LSTMCell(16, 8)

    def forward(self, x):
        return self.cell(self.rnn(x)[0][:, 0])[0]
"""
    text = source(program, "2x5x4").text
    assert "LSTMLayer(\n" in text
    assert "self.cell = LSTMCellLayer(hidden_size, use_bias=bias)" in text
    assert "self.cell.kernel_initializer = uniform(self.units)" in text


def test_a_name_that_only_says_by_what_a_bias_is_drawn_stays(source: Callable[..., Converted]) -> None:
    text = source(WIDTHS, "1x3x9x9").text
    assert "inputs = widths[i]" in text and "uniform(inputs * 9)" in text
