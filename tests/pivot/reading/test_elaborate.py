"""Elaboration as a whole: modes, outputs, paths, two hints, and that a second run is the same."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated, Request, elaborate
from pivot.reading.inputs import parse_spec
from pivot.reading.torch import TorchDialect

Net = Callable[..., Elaborated]

CONVOLUTION = """
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(8, 2)
    def forward(self, x):
        return self.fc(self.pool(self.conv(x)).flatten(1))
"""


def facts(done: Elaborated) -> list[tuple[object, ...]]:
    return [
        (
            n.id,
            n.op.name if n.op else n.why,
            n.module.path if n.module else "",
            tuple(map(str, n.results[0].type.shape)),
        )
        for n in done.network.nodes
    ]


@pytest.mark.parametrize(
    ("forward", "names", "structure"),
    [
        ("return x", ("output",), "tensor"),
        ("return x, (x + 1, None)", ("0", "1.0"), ["tensor", ["tensor", None]]),
        ("return {'a': x, 'b': [x]}", ("a", "b.0"), {"a": "tensor", "b": ["tensor"]}),
        (
            "from types import SimpleNamespace\nreturn SimpleNamespace(loss=x, n=3)",
            ("loss",),
            {"loss": "tensor", "n": None},
        ),
    ],
)
def test_outputs_are_flattened_with_names(net: Net, forward: str, names: tuple[str, ...], structure: object) -> None:
    run = net("", forward).network.runs["eval"]
    assert run.output_names == names
    assert run.structure == structure


def test_inputs_are_given_by_place_and_by_name(read: Net) -> None:
    text = (
        "class Net(nn.Module):\n    def forward(self, a, *, mask=None, scale=2.0):\n        return a * mask * scale\n"
    )
    done = read(text, "2x4", "mask=2x4")
    assert [i.name for i in done.network.inputs] == ["a", "mask"]
    assert [n.op.name for n in done.network.nodes if n.op] == ["mul", "mul"]


def test_elaborating_twice_gives_the_same(net: Net) -> None:
    init = "self.l = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])\nself.d = nn.Dropout(0.1)"
    forward = "for l in self.l:\n    x = self.d(l(x).relu())\nreturn x"
    assert facts(net(init, forward)) == facts(net(init, forward))


def test_other_hints_give_the_same_network(tmp_path, opset) -> None:
    path = tmp_path / "model.py"
    path.write_text(CONVOLUTION)

    def at(shift: int) -> Elaborated:
        return elaborate(Request(path, "Net()", (parse_spec("1x3x32x32"),), shift=shift), TorchDialect(), opset)

    assert facts(at(0)) == facts(at(5))
    assert at(5).network.inputs[0].value.type.shape[2].hint == 37


def test_texts_stand_for_files(tmp_path, opset) -> None:
    path = tmp_path / "model.py"
    path.write_text("not python (")
    text = "from torch import nn\nmodel = nn.Linear(4, 2)\n"
    done = elaborate(Request(path, "model", (parse_spec("2x4"),), texts={str(path): text}), TorchDialect(), opset)
    assert [n.op.name for n in done.network.nodes if n.op] == ["linear"]


def test_what_the_program_raises_is_refused_at_its_place(net: Net, refused: Callable[..., Problem]) -> None:
    problem = refused(net, "n = 3\nif n % 2:\n    raise ValueError(f'{n} is odd')")
    assert (problem.code, problem.line) == ("raised", 10)
    assert "ValueError: 3 is odd" in problem.why


def test_the_limit_of_pythons_stack_is_as_before(net: Net, refused: Callable[..., Problem]) -> None:
    before = sys.getrecursionlimit()
    net("")
    refused(net, "", "return self.forward(x)")
    assert sys.getrecursionlimit() == before


def test_training_that_cannot_be_read_leaves_inference(net: Net) -> None:
    init = "self.l = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])"
    skip = "if self.training and torch.rand([]) < 0.1:\n        continue"
    done = net(init, f"for l in self.l:\n    {skip}\n    x = l(x)\nreturn x")
    assert [n.op.name for n in done.network.nodes if n.op] == ["linear", "linear"]
    assert list(done.network.runs) == ["eval"]
    said = next(p for p in done.network.problems if p.code == "training")
    assert (said.severity, said.line) == ("warning", 11)
    assert said.why == "training is not read: a decision depends on the content of a tensor"


@pytest.mark.parametrize(
    ("expression", "kind", "ops"),
    [
        ("x & y", "bool", "logical_and"),
        ("~x", "bool", "logical_not"),
        ("x.bitwise_xor(y)", "bool", "logical_xor"),
        ("x & y", "int64", "bitwise_and"),
        ("~x", "int64", "bitwise_not"),
        ("x << 2", "int64", "shift_left"),
    ],
)
def test_truth_values_are_not_bits(net: Net, expression: str, kind: str, ops: str) -> None:
    done = net("", f"y = x.flip(0)\nreturn {expression}", f"2x4:{kind}")
    assert ops in [n.op.name for n in done.network.nodes if n.op]


def test_random_numbers_in_inference_are_said(net: Net) -> None:
    forward = (
        "unused = torch.rand(3)\ny = F.dropout(x) + F.dropout(x, training=self.training)\nreturn y, torch.randn_like(x)"
    )
    said = [p for p in net("", forward, "2x4").network.problems if p.code == "random"]
    assert [(p.severity, p.line, p.why.partition(":")[0]) for p in said] == [
        ("warning", 11, "Dropout in inference"),
        ("warning", 12, "Normal random numbers like another in inference"),
    ]


def test_what_a_pass_keeps_on_a_module_is_not_there_before_the_next(net: Net) -> None:
    done = net("self.kept = None", "if self.kept is None:\n    self.kept = x + 1\nreturn self.kept * 2", "2x4")
    assert [[n.op.name for n in run.nodes if n.op] for run in done.network.runs.values()] == [["add", "mul"]] * 2
