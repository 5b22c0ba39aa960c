"""Free sizes that Python loops count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.counted_sizes import counted_sizes, to_be_said
from codegen.verification import input_specs

TEXT = """import torch
import torch.nn as nn


class Net(nn.Module):
    def forward(self, x):
        h = torch.zeros(x.size(0), x.size(2))
        {loop}
            h = torch.tanh(h + {step})
        return h
"""


@pytest.mark.parametrize(
    ("loop", "step", "counted"),
    [
        ("for t in range(x.size(1)):", "x[:, t]", ["T"]),
        ("for t in reversed(range(1, x.shape[1])):", "x[:, t]", ["T"]),
        ("for t in range(4):", "x.mean(1)", []),
    ],
)
def test_a_size_that_a_loop_counts_is_a_number_where_the_model_is_built(
    convert: Callable[..., Converted], write_source: Callable[..., Path], loop: str, step: str, counted: list[str]
) -> None:
    made = convert(write_source(TEXT.format(loop=loop, step=step)), "2x5x3")
    assert list(counted_sizes(made.done)) == counted
    assert [spec.symbols for spec in input_specs(made)] == [("N", None if counted else "T", "F")]
    said = to_be_said(made.done, "keras")
    assert [p.code for p in said] == ["counted-size"] * len(counted)
    assert not to_be_said(made.done, "torch")
