"""Layers are not given what the target refuses when the program runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal

NET = """
class Part(nn.Module):
    def forward(self, pair, *more, **named):
        return pair[0] * 2

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = Part()

    def forward(self, x):
        return self.part({args})
"""


@pytest.mark.parametrize("args", ["(x, 2)", "[x, (x, 'a')]", "(x, x), x, 2", "(x, x), a=x, b=True"])
def test_tensors_and_numbers_in_one_argument_are_refused(written: Callable[..., str], args: str) -> None:
    with pytest.raises(Refusal, match="tensors and other values in one tuple"):
        written(NET.format(args=args), "2x4")


@pytest.mark.parametrize("args", ["(x, x)", "(x, None)", "(x, x), 2, 3", "(x, x), x, x, b=True"])
def test_tensors_alone_and_numbers_alone_are_given(written: Callable[..., str], args: str) -> None:
    assert f"self.part({args})" in written(NET.format(args=args), "2x4")
