"""Small programs, written in the tests and elaborated by them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from pivot.opset import OpSet, load_opset
from pivot.problems import Problem, Refusal
from pivot.reading.elaborate import Elaborated, Request, elaborate
from pivot.reading.inputs import parse_spec
from pivot.reading.keras import KerasDialect
from pivot.reading.torch import TorchDialect

TORCH = """\
import torch
import torch.nn.functional as F
from torch import nn
"""
KERAS = """\
import keras
from keras import layers, ops
"""


@pytest.fixture(scope="session")
def opset() -> OpSet:
    """The built-in ops."""
    return load_opset()


@pytest.fixture
def read(opset: OpSet, tmp_path: Path) -> Callable[..., Elaborated]:
    """`read(text, "2x4", model="Net()", bind={...}, files={"layers.py": text})` elaborates a PyTorch source."""

    def elaborated(text: str, *inputs: str, model: str | None = None, **more: object) -> Elaborated:
        return _read(opset, tmp_path, TORCH + textwrap.dedent(text), inputs, model, TorchDialect(), more)

    return elaborated


@pytest.fixture
def read_keras(opset: OpSet, tmp_path: Path) -> Callable[..., Elaborated]:
    """The same for a Keras source."""

    def elaborated(text: str, *inputs: str, model: str | None = None, **more: object) -> Elaborated:
        return _read(opset, tmp_path, KERAS + textwrap.dedent(text), inputs, model, KerasDialect(), more)

    return elaborated


def _read(
    opset: OpSet, folder: Path, text: str, inputs: tuple[str, ...], model: str | None, dialect: object, more: dict
) -> Elaborated:
    path = folder / more.pop("name", "model.py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    for name, other in more.pop("files", {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(other), encoding="utf-8")
    bind, restated = more.pop("bind", {}), more.pop("restated", frozenset())
    assert not more, f"what is {more}?"
    request = Request(path, model, tuple(map(parse_spec, inputs)), bind, restated=restated)
    return elaborate(request, dialect, opset)


@pytest.fixture
def net(read: Callable[..., Elaborated]) -> Callable[..., Elaborated]:
    """`net("self.fc = nn.Linear(4, 8)", "return self.fc(x)", "2x4")`: a class Net of these two bodies."""

    def elaborated(init: str, forward: str = "return x", *inputs: str, before: str = "", **more: object) -> Elaborated:
        indent = " " * 8
        text = "\n".join([
            textwrap.dedent(before),
            "class Net(nn.Module):",
            "    def __init__(self):",
            "        super().__init__()",
            textwrap.indent(textwrap.dedent(init).strip("\n"), indent),
            "    def forward(self, x):",
            textwrap.indent(textwrap.dedent(forward).strip("\n"), indent),
            "",
        ])  # fmt: skip
        return read(text, *(inputs or ("2x4",)), **more)

    return elaborated


@pytest.fixture
def refused() -> Callable[..., Problem]:
    """`refused(read, text, ...)` gives the Problem of the refusal; anything else fails."""

    def problem(run: Callable[..., object], *args: object, **kwargs: object) -> Problem:
        with pytest.raises(Refusal) as caught:
            run(*args, **kwargs)
        return caught.value.problem

    return problem


@pytest.fixture
def number(net: Callable[..., Elaborated]) -> Callable[..., object]:
    """`number("n = 2 + 3")` is the number that `n` is: read off a layer that is as wide."""

    def value(init: str, before: str = "") -> object:
        done = net(f"{textwrap.dedent(init)}\nself.fc = nn.Linear(4, n)", "return self.fc(x)", before=before)
        return done.network.nodes[0].results[0].type.shape[-1]

    return value
