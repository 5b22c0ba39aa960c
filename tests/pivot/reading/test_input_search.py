"""Inputs that a source shows itself, and inputs that are guessed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Problem, Refusal
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
NET = """
class Net(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.first = {layer}
    def forward(self, x):
        return self.first(x)
"""


@pytest.mark.parametrize(
    ("main", "specs"),
    [
        ("net = Net()\nprint(net(torch.randn(3, 4)))", ["3x4"]),
        ("net = Net()\nx = torch.zeros((5, 4))\ny = net(x)", ["5x4"]),
        ("B = 6\nnet = Net()\nx = torch.rand(B, 4).to('cuda')\nnet(x).backward()", ["6x4"]),
        ("net = Net()\nnet(x=torch.ones(size=(2, 4), dtype=torch.double))", ["x=2x4:float64"]),
        ("net = Net()\nb, w = 3, 4\nx = torch.randn(b, w)\nx = (x > 0).float()\nnet.forward(x)", ["3x4"]),
        ("net = Net()\nx = torch.randn(3, net.first.in_features)\nnet(x)", ["3x4"]),
        ("net: nn.Module = Net()\nwith torch.no_grad():\n    net(torch.randn(3, 4).clamp(0, 1))", ["3x4"]),
    ],
)
def test_inputs_in_the_main_block_are_found(read: Read, main: str, specs: list[str]) -> None:
    block = "\n".join(f"    {line}" for line in main.splitlines())
    done = read(f'{NET.format(layer="nn.Linear(n, 2)")}\nif __name__ == "__main__":\n{block}\n')
    assert (done.found, [str(s) for s in done.specs]) == ("found", specs)


@pytest.mark.parametrize(
    "function",
    [
        "def test():\n    net = Net(n=4)\n    y = net(torch.randn(7, 4))",
        "def test():\n    net = Net()\n    with torch.no_grad():\n        x = torch.randn(7, 4)\n        print(net(x))",
        "def export():\n    m = Net().eval()\n    x = torch.randn(7, 4)\n    torch.onnx.export(m, x, 'net.onnx')",
        "def export():\n    m = Net()\n    return torch.jit.trace(m, (torch.zeros(7, 4),))",
    ],
)
def test_inputs_in_functions_are_found(read: Read, function: str) -> None:
    done = read(f"{NET.format(layer='nn.Linear(n, 2)')}\n\n{function}\n")
    assert (done.found, [str(s) for s in done.specs]) == ("found", ["7x4"])


def test_random_integers_tell_their_bound(read: Read) -> None:
    text = (
        NET.format(layer="nn.Embedding(50, 8)") + "\nnet = Net()\nids = torch.randint(0, 50, (2, 7))\nout = net(ids)\n"
    )
    assert [str(s) for s in read(text).specs] == ["2x7:int64<50"]


def test_whole_numbers_of_a_demonstration_tell_their_bounds(read: Read) -> None:
    text = """
class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.embed = nn.Embedding(n, 4)
    def forward(self, ids, lengths, scale=0.5, mask=None):
        x = self.embed(ids).sum(1) / lengths.unsqueeze(1) * scale
        return x if mask is None else x * mask.sum(1, keepdim=True)
if __name__ == "__main__":
    VOCAB = 50
    net = Net(VOCAB)
    ids = torch.randint(1, VOCAB, (3, 7))
    net(ids, torch.tensor([7, 5, 2]), 0.25, ids > 0)
"""
    assert [str(s) for s in read(text).specs] == ["3x7:int64>=1<50", "3:int64>=2<8", "mask=3x7:bool"]


@pytest.mark.parametrize(
    ("layer", "spec"),
    [
        ("nn.Linear(4, 2)", "2x4"),
        ("nn.Conv2d(3, 8, 3)", "1x3x224x224"),
        ("nn.Sequential(nn.Conv2d(1, 4, 5), nn.Flatten(), nn.Linear(4 * 28 * 28, 2))", "1x1x32x32"),
        ("nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 2))", "2x3x32x32"),
        ("nn.Conv1d(6, 8, 3)", "1x6x64"),
        ("nn.Conv3d(2, 4, 3)", "1x2x32x32x32"),
        ("nn.Embedding(50, 8)", "2x16:int64<50"),
        ("nn.Sequential(nn.Flatten(), nn.Linear(784, 2))", "2x1x28x28"),
    ],
)
def test_inputs_are_guessed_from_the_first_layer_and_said_so(read: Read, layer: str, spec: str) -> None:
    done = read(NET.format(layer=layer))
    assert [str(s) for s in done.specs] == [spec]
    problem = next(p for p in done.network.problems if p.code == "input-guess")
    assert "--input" in problem.remedy


@pytest.mark.parametrize(
    "forward", ["def forward(self, x, y):\n        return x + y", "def forward(self, x):\n        return x"]
)
def test_shapes_that_nobody_tells_are_refused(read: Read, refused: Callable[..., Problem], forward: str) -> None:
    problem = refused(read, f"class Net(nn.Module):\n    {forward}\n")
    assert problem.code == "input"
    assert "--input" in problem.remedy


@pytest.mark.parametrize(
    ("made", "found"),
    [("tf.random.normal((2, 5))", "2x5"), ("tf.zeros((3, 5), dtype='float32')", "3x5"), ("np.zeros((4, 5))", "4x5")],
)
def test_tensors_of_tensorflow_and_numpy_tell_the_input(read_keras: Read, made: str, found: str) -> None:
    text = "import numpy as np\nimport tensorflow as tf\nfrom tensorflow.keras import layers\n\n"
    text += "class Net(tf.keras.Model):\n    def __init__(self):\n        super().__init__()\n"
    text += "        self.fc = layers.Dense(3)\n\n"
    text += "    def call(self, x, training=False):\n        return self.fc(x)\n\n"
    text += f"if __name__ == '__main__':\n    images = {made}\n    print(Net()(images).shape)\n"
    assert [str(spec) for spec in read_keras(text).specs] == [found]


BY_NAME = """
def build():
    words, mask = keras.Input((6,), name="words"), keras.Input((4,), name="mask")
    x = layers.Dense(4)(words) * mask
    return keras.Model({"words": words, "mask": mask}, x)
"""


def test_inputs_of_a_dict_are_met_in_the_order_in_which_they_are_given(read_keras: Read) -> None:
    orders = (("mask=2x4", "words=2x6"), ("words=2x6", "mask=2x4"))
    for given in orders:
        done = read_keras(BY_NAME, *given, model="build()")
        assert [i.name for i in done.network.inputs] == [text.partition("=")[0] for text in given]
        assert [len(i.value.type.shape) and i.value.type.shape[1] for i in done.network.inputs] == [
            int(text.rpartition("x")[2]) for text in given
        ]


def test_an_input_that_a_model_does_not_have_is_named(read_keras: Read) -> None:
    with pytest.raises(Refusal, match="no input 'other': it takes mask, words"):
        read_keras(BY_NAME, "words=2x6", "mask=2x4", "other=2x4", model="build()")
