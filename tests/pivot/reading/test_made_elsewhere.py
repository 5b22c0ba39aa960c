"""Arguments of a model that another place of the project says."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
NET = """
class Net(nn.Module):
    def __init__(self, plan, depth=1):
        super().__init__()
        self.fc = nn.Linear(4, plan)
    def forward(self, x):
        return self.fc(x)
"""
SETTINGS = """
from dataclasses import dataclass
@dataclass
class NetConfig:
    width: int = 6
class Net(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.fc = nn.Linear(4, config.width)
    def forward(self, x):
        return self.fc(x)
"""
PARSED = """
import argparse
from model import Net
def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--width', type=int, default=5)
    return parser.parse_args()
if __name__ == '__main__':
    args = arguments()
    net = Net(plan=args.width)
"""


def beside(folder: Path, **files: str) -> None:
    """Write programs beside the one that is opened, which is `model.py`."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)


def test_settings_that_have_defaults_for_all_are_taken_and_that_is_said(read: Read) -> None:
    done = read(SETTINGS, "2x4")
    assert done.network.entry == "Net(NetConfig())"
    said = next(p for p in done.network.problems if p.code == "entry")
    assert said.why == "Net needs config: Net(NetConfig()) is taken"
    assert Path(said.file).read_text().splitlines()[said.line - 1] == "class Net(nn.Module):"


@pytest.mark.parametrize(
    "changed",
    [("width: int = 6", "width: int"), ("self, config", "self, shape"), ("self, config", "self, config: dict")],
)
def test_settings_are_not_taken_where_they_may_be_other_ones(
    read: Read, refused: Callable[..., Problem], changed: tuple[str, str]
) -> None:
    assert "needs arguments" in refused(read, SETTINGS.replace(*changed), "2x4").why


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("from model import Net\nnet = Net(3, depth=2)", "Net(3, depth=2)"),
        ("import model\nn = 2\ndef main(k=3):\n    w = n * k\n    return model.Net(w)", "Net(2 * 3)"),
        ("from model import *\nnet = Net(**dict(plan=7))", "Net(**dict(plan=7))"),
        (PARSED, "Net(plan=5)"),
    ],
)
def test_a_call_of_another_file_is_taken(read: Read, tmp_path: Path, text: str, entry: str) -> None:
    beside(tmp_path, train=text)
    done = read(NET, "2x4")
    assert done.network.entry == entry
    assert any("train.py" in p.why for p in done.network.problems if p.code == "entry")


@pytest.mark.parametrize(("asked", "taken"), [("config.width", True), ("config.height", False)])
def test_the_command_line_of_the_program_that_has_all_that_is_asked_is_taken(
    read: Read, refused: Callable[..., Problem], tmp_path: Path, asked: str, taken: bool
) -> None:
    beside(tmp_path, run=PARSED.replace("from model import Net\n", "").replace("net = Net(plan=args.width)", ""))
    text = SETTINGS.replace("class NetConfig", "class Other").replace("config.width", asked)
    if not taken:
        assert "needs arguments (config)" in refused(read, text, "2x4").why
        return
    done = read(text, "2x4")
    assert done.network.entry == "Net(__import__('types').SimpleNamespace(width=5))"
    assert "the defaults of the command line of run.py" in next(
        p.why for p in done.network.problems if p.code == "entry"
    )


def test_a_call_that_hangs_on_the_machine_is_shown_and_another_is_taken_where_there_is_one(
    read: Read, refused: Callable[..., Problem], tmp_path: Path
) -> None:
    beside(tmp_path, a_train="from model import Net\ndef make(data):\n    return Net(data.classes)")
    problem = refused(read, NET, "2x4")
    assert problem.remedy.endswith('--model "Net(plan=...)"; a_train.py:3 has Net(data.classes)')
    beside(tmp_path, b="from model import Net\nnet = Net(9)")
    assert read(NET, "2x4").network.entry == "Net(9)"


@pytest.mark.parametrize(
    "text",
    ["from other import Net\nnet = Net(3)", "class Net: pass\nnet = Net(3)", "from model import Net\nnet = Net(("],
)
def test_a_call_of_something_else_is_not_taken(
    read: Read, refused: Callable[..., Problem], tmp_path: Path, text: str
) -> None:
    beside(tmp_path, train=text)
    assert "train.py" not in refused(read, NET, "2x4").remedy


def test_odd_neighbours_are_passed_over(read: Read, tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00Net")
    os.mkfifo(tmp_path / "pipe.py")
    beside(tmp_path, huge="# Net" * 100_000, train="from model import Net\nnet = Net(3)")
    assert read(NET, "2x4").network.entry == "Net(3)"


def test_a_program_that_raises_where_it_is_read_is_passed_over(read: Read, tmp_path: Path) -> None:
    raising = PARSED.replace("    return parser", "    raise ValueError('no')\n    return parser")
    beside(tmp_path, a_train=raising, b=PARSED)
    assert read(NET, "2x4").network.entry == "Net(plan=5)"
