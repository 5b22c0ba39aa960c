"""A text that is right for one value of a parameter alone is told where the parameter stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.other_arguments import not_followed
from pivot.opset import OpSet
from pivot.reading.elaborate import Request
from pivot.reading.torch import TorchDialect

SOURCE = """
import torch.nn as nn

class Net(nn.Module):
    def __init__(self, scale=1, crop=0, wide=False, hidden=8):
        super().__init__()
        self.scale, self.crop = scale, crop
        self.fc = nn.Linear(4, hidden, bias=wide)

    def forward(self, x):
        y = self.fc(x[:, self.crop:])
        if self.scale > 4:
            raise ValueError("too large")
        return y * self.scale
"""


@pytest.fixture
def told(
    convert: Callable[..., Converted], write_source: Callable[..., Path], opset: OpSet
) -> Callable[..., list[tuple[int, str]]]:
    """`told(change, model=...)`: the lines and reasons for what was written with a change of the text."""

    def found(old: str = "", new: str = "", model: str = "Net()") -> list[tuple[int, str]]:
        path = write_source(SOURCE)
        converted = convert(path, "2x6x4", model=model)
        assert old in converted.text
        changed = replace(converted, text=converted.text.replace(old, new) if old else converted.text)
        request = Request(path, model)
        problems = not_followed(changed, request, TorchDialect(), opset, path.with_name("net_keras.py"))
        assert all((p.code, p.severity) == ("other-argument", "warning") for p in problems)
        return [(p.line, p.why) for p in problems]

    return found


def test_a_text_that_follows_its_parameters(told: Callable[..., list[tuple[int, str]]]) -> None:
    assert told() == []


def test_a_number_that_changes_nothing_and_was_left_out(told: Callable[..., list[tuple[int, str]]]) -> None:
    ((line, why),) = told("y * self.scale", "y * 1")
    assert line == 4
    assert why.startswith("scale may count as 1 only: with 2 the same is not proved (")
    ((_, why),) = told("self.crop :", "0:")
    assert why.startswith("crop may count as 0 only: with 1 ")
    ((_, why),) = told("use_bias=wide", "use_bias=False", model="Net(3, hidden=5)")
    assert why.startswith("wide may count as False only: with True ")


def test_what_the_model_is_called_with_counts(told: Callable[..., list[tuple[int, str]]]) -> None:
    """2 is no number that changes nothing, and is followed or not for everybody to see."""
    assert told("y * self.scale", "y * 2", model="Net(2)") == []
