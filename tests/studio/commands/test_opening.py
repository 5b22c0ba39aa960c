"""Decisions of a project and op files of one's own are read by every verb."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from pivot.decisions import Decision, Where
from pivot.project import Project, load_project, save_project
from tests.studio.fixtures.command import Run

NET = """
    import torch
    from torch import nn


    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3)

        def forward(self, x):
            x = torch.special.entr(torch.sigmoid(self.conv(x)))
            return torch.special.entr(x.mean((2, 3)))


    model = Net()
    model(torch.randn(2, 3, 8, 8))
"""
CALL = '[[torch]]\ncall = "torch.special.entr"\nargs = "@x"\n'
ABS = f'extends = "abs"\n{CALL}'
BODY = f"""op = "entr"
inputs = "x: *"
output = "y: *"
shape = "body"
layout = "plain"
{CALL}
[[keras]]
body = ["l = log(x)", "p = mul(x, l)", "y = neg(p)"]
"""
CODE = f"""op = "entr4"
inputs = "x: A B C D"
output = "y: A B C D"
shape = "letters"
layout = "plain"
{CALL}
[[keras]]
code = '''
def entr4(x):
    return -x * ops.log(x)
'''
"""
FIRST = Where("net.py", "Net.forward", "torch.special.entr(torch.sigmoid(self.conv(x)))")
SECOND = Where("net.py", "Net.forward", "torch.special.entr(x.mean((2, 3)))")

Made = Callable[..., tuple[Any, str]]


@pytest.fixture
def made(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """`made(decision, ...)` converts the network under decisions: (what the command did, the target text)."""
    monkeypatch.setenv("PIVOT_STUDIO_OPS", str(tmp_path / "mine"))
    source = tmp_path / "net.py"
    source.write_text(dedent(NET))

    def convert(*decisions: Decision, words: tuple[object, ...] = ()) -> tuple[Any, str]:
        project = tmp_path / "p.pivot"
        save_project(Project(str(source), decisions=tuple(decision.dumps() for decision in decisions)), project)
        done = run("convert", project, *words)
        return done, (tmp_path / "out" / "net_keras.py").read_text()

    return convert


def mapped(ops: str, where: Where | None = None) -> Decision:
    return Decision("map", "call", "torch.special.entr", "entr", ops, where)


def test_a_call_is_mapped_everywhere_and_the_project_keeps_it(made: Made, tmp_path: Path) -> None:
    done, text = made(mapped(ABS))
    assert (done.status, done.err) == (0, "")
    assert text.count("ops.abs(") == 2
    assert len(load_project(tmp_path / "out" / "project.pivot").decisions) == 1


def test_a_call_is_mapped_at_one_place_only(made: Made) -> None:
    done, text = made(mapped(ABS, SECOND))
    assert done.status == 3
    assert text.count("ops.abs(") == 1 and text.count("_unmapped(") == 2
    done, text = made(mapped(ABS, SECOND), mapped(BODY, FIRST))
    assert done.status == 0
    assert "ops.log" in text and text.count("ops.abs(") == 1


def test_a_call_is_mapped_to_several_steps(made: Made) -> None:
    done, text = made(mapped(BODY))
    assert (done.status, done.err) == (0, "")
    assert text.count("ops.log(") == 2 and "entr" not in text


def test_a_call_is_mapped_to_own_code_in_the_sources_order(made: Made) -> None:
    done, text = made(mapped(CODE, FIRST), mapped(ABS, SECOND))
    assert (done.status, done.err) == (0, "")
    assert "def entr4(x):\n    return -x * ops.log(x)" in text
    assert "entr4(ops.transpose(" in text
    done, _ = made(mapped(CODE))
    assert done.status == 3
    assert "x has 2 axes where A B C D are needed" in done.err


def test_a_stop_is_written_and_said_without_an_error(made: Made) -> None:
    done, text = made(Decision("stop", "call", "torch.special.entr", "stop", message="no entropy here"))
    assert done.status == 3
    assert done.out.count("stops here, as was decided") == 2 and done.err == ""
    assert '"net.py:12: no entropy here"' in text


def test_folders_of_own_op_files_are_read(made: Made, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "entr.toml").write_text(ABS)
    done, text = made()
    assert done.status == 0 and text.count("ops.abs(") == 2
    (tmp_path / "pivot_ops").mkdir()
    (tmp_path / "pivot_ops" / "entr.toml").write_text(ABS.replace('"abs"', '"square"'))
    assert made()[1].count("ops.square(") == 2
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "entr.toml").write_text(ABS.replace('"abs"', '"sin"'))
    assert made(words=("--ops", tmp_path / "given"))[1].count("ops.sin(") == 2


def test_a_wrong_decision_is_refused_by_its_name(made: Made, run: Run, tmp_path: Path) -> None:
    save_project(Project(str(tmp_path / "net.py"), decisions=(mapped("extends = 3").dumps(),)), tmp_path / "q.pivot")
    done = run("convert", tmp_path / "q.pivot")
    assert done.status == 2 and done.line.startswith("decision 1 (entr):1")


@pytest.mark.frameworks("verify")
def test_a_mapping_is_proven_by_numbers(made: Made, tmp_path: Path) -> None:
    done, _ = made(mapped(CODE, FIRST), mapped(BODY, SECOND), words=("--verify",))
    assert done.status == 0, done.out
    assert "Both sides compute the same" in done.out


LAYERS = """
    from lib import Conv, Wave
    import torch
    from torch import nn


    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = Conv(3, 8, 3, padding=1)
            self.waves = nn.ModuleList([Wave(8) for _ in range(2)])
            self.head = nn.Sequential(nn.Linear(8, 8), Wave(8))

        def forward(self, x):
            x = self.conv(x)
            for wave in self.waves:
                x = wave(x)
            return self.head(x.mean((2, 3)))


    model = Net()
    model(torch.randn(2, 3, 8, 8))
"""
CONV = """extends = "conv2d"
[[torch]]
call = "lib.Conv"
kind = "layer"
args = "size(x.C), filters, pair(kernel), *, padding=torch_padding(padding, kernel, dilation, stride)"
apply = "@x"
weights = { kernel = "weight: O I H W", bias = "bias: O" }
"""
WAVE = """extends = "tanh"
[[torch]]
call = "lib.Wave"
kind = "layer"
args = "_"
apply = "@x"
"""


def test_layers_of_other_libraries_are_mapped(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "net.py"
    source.write_text(dedent(LAYERS))
    (tmp_path / "ops").mkdir()
    done = run("convert", source, "--json")
    assert done.status == 3
    nodes = [node for node in done.events[-1]["picture"]["nodes"] if node["unmapped"]]
    assert [node["call"] and node["call"]["name"] for node in nodes] == [
        "lib.Conv",
        "lib.Wave",
        "lib.Wave",
        None,
        "lib.Wave",
    ]
    assert nodes[3]["unmapped"]["waits"] == "wave(x)"  # Linear(8, 8) meets the 3 channels that Conv was taken to keep
    (tmp_path / "ops" / "conv.toml").write_text(CONV)
    (tmp_path / "ops" / "wave.toml").write_text(WAVE)
    done = run("convert", source, "--ops", tmp_path / "ops")
    assert (done.status, done.err) == (0, "")
    assert "argument 1 of lib.Wave is left out, as was decided" in done.out
    text = (tmp_path / "out" / "net_keras.py").read_text()
    assert 'layers.Conv2D(8, 3, padding="same"' in text
    assert text.count('layers.Activation("tanh")') == 2
