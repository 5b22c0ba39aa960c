"""The proof compares both sides for a larger batch than the one at hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen import reshaping
from codegen.axis_groups import groups
from codegen.convert import Converted
from codegen.orders import Block
from codegen.proof_sizes import numbering, runs
from codegen.static_proof import prove
from pivot.dims import Dim, hint, symbol
from pivot.opset import OpSet
from pivot.reading.keras import KerasDialect

FOLDED = """
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.last = nn.Conv2d(8, 3, 1)

    def forward(self, x):
        y = self.conv(x)
        b, c, h, w = y.size()
        folded = y.view(1, b * c, h, w)
        folded = folded * folded.mean((2, 3), keepdim=True)
        return self.last(folded.view(b, c, h, w))
"""


def why_not(converted: Converted, text: str, opset: OpSet) -> str | None:
    """What the proof says of a conversion whose text somebody has changed."""
    kept, converted.text = converted.text, text
    try:
        return prove(converted, KerasDialect(), opset, Path("changed_keras.py")).why
    finally:
        converted.text = kept


def test_a_size_that_is_right_for_one_sample_alone_is_a_difference(
    convert: Callable[..., Converted], write_source: Callable[..., Path], opset: OpSet
) -> None:
    converted = convert(write_source(FOLDED), "1x3x8x8", model="Net()")
    assert why_not(converted, converted.text, opset) is None
    assert "b * c" in converted.text
    told = why_not(converted, converted.text.replace("b * c", "c"), opset)
    assert told is not None and told.endswith("for a batch of 1009")


def test_a_reshape_that_tears_a_larger_batch_is_a_difference(
    convert: Callable[..., Converted],
    write_source: Callable[..., Path],
    opset: OpSet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A layout that takes a batch of one for any other axis of size 1 writes what is right for it alone."""

    def by_hints(before: tuple[Dim, ...], after: tuple[Dim, ...]) -> object:
        return groups(tuple(map(hint, before)), tuple(map(hint, after)))

    monkeypatch.setattr(reshaping, "groups", by_hints)
    converted = convert(write_source(FOLDED), "1x3x8x8", model="Net()")
    told = why_not(converted, converted.text, opset)
    assert told == "what reshape gives is stored in another order than was thought for a batch of 1009"


@pytest.mark.parametrize(
    ("sizes", "order", "found"),
    [
        ((2, 3, 4), (0, 1, 2), [(24, 1)]),
        ((2, 3, 4), (0, 2, 1), [(2, 12), (3, 1), (4, 3)]),
        ((1, 3, 1, 4), (2, 1, 0, 3), [(12, 1)]),
        ((2, 3, 4), (1, 2, 0), [(2, 1), (12, 2)]),
    ],
)
def test_runs_are_as_few_as_say_where_each_element_lies(
    sizes: tuple[int, ...], order: tuple[int, ...], found: list[tuple[int, int]]
) -> None:
    assert runs(sizes, order) == found


def test_a_block_counts_by_the_axes_that_it_holds() -> None:
    """(N, C*H*W) that is stored as H, W, C is (N, C, H, W) stored as N H W C."""
    block = Block(1, (3, 4, 5), (1, 2, 0))
    assert runs((2, 60), (0, 1), block) == runs((2, 3, 4, 5), (0, 2, 3, 1))


def test_sizes_of_other_inputs_are_those_of_their_terms() -> None:
    n, h = symbol("N", 2), symbol("H", 8)
    number = numbering({"N": 2018})
    assert [number(size) for size in (n * h, 7, h // 2, (n + 1) // 2)] == [16144, 7, 4, 1009]
    assert number(h // (4 // n)) == 4  # no inputs that the program takes: the size at hand


@pytest.mark.parametrize(
    ("forward", "inputs"),
    [
        ("def forward(self, x, z):\n        return x.view_as(z) * 2", ("3x4", "2x6")),  # z has rows of its own
        ("def forward(self, x):\n        return F.instance_norm(x.unsqueeze(0)).squeeze(0)", ("3x9",)),  # no batch
        ("def forward(self, x, m):\n        return (x @ x.T).masked_fill(m == 0, -1.0)", ("3x4", "3x3")),  # words first
    ],
)
def test_what_the_source_does_not_take_is_not_compared(
    convert: Callable[..., Converted],
    write_source: Callable[..., Path],
    opset: OpSet,
    forward: str,
    inputs: tuple[str, ...],
) -> None:
    head = "import torch.nn as nn\nimport torch.nn.functional as F\n\nclass Net(nn.Module):\n    "
    converted = convert(write_source(f"{head}{forward}\n"), *inputs, model="Net()")
    assert why_not(converted, converted.text, opset) is None
