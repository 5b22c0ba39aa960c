"""Tensors that depend on nothing have a content that the program may decide on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated


def widths(read: Callable[..., Elaborated], *lines: str) -> list[object]:
    """The widths of the layers that a list of numbers makes."""
    body = "\n        ".join(lines)
    text = f"""
import numpy as np

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        {body}
        self.parts = nn.Sequential(*[nn.Conv2d(3, width, 1) for width in widths[:1]])

    def forward(self, x):
        return self.parts(x)
"""
    return [n.params["filters"] for n in read(text, "2x3x4x4", model="Net()").network.nodes]


@pytest.mark.parametrize(
    ("lines", "width"),
    [
        (("widths = (torch.round(torch.pow(2.0, torch.arange(3) * 0.9 + 3) / 8) * 8).int().tolist()",), 8),
        (("widths = torch.diff(torch.tensor([1, 5, 8])).int().tolist()",), 4),
        (("widths = torch.tensor([2, 3]).cumsum(0).tolist()[1:]",), 5),
        (("widths = [int(w) for w in np.linspace(6, 12, 3).tolist()]",), 6),
    ],
)
def test_numbers_computed_with_tensors(read: Callable[..., Elaborated], lines: tuple[str, ...], width: int) -> None:
    assert widths(read, *lines) == [width]


def test_arrays_are_not_computed_with_as_if_they_were_lists(read: Callable[..., Elaborated]) -> None:
    assert widths(read, "widths = [int(w) for w in np.linspace(6, 12, 3) * 2]") == [12]


def test_the_distinct_numbers_of_a_tensor_are_a_list(read: Callable[..., Elaborated]) -> None:
    steps = "torch.round(torch.pow(2.0, torch.tensor([1.0, 2.0, 2.0])))"
    said = [f"steps = {steps}", "found, counts = torch.unique(steps, return_counts=True)"]
    said.append("widths = [len(torch.unique(steps)) + int(steps.max().item()) + counts.tolist()[-1] + len(found)]")
    assert widths(read, *said) == [10]
