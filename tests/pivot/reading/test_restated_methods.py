"""Methods of tensors that no form reads: restated as functions, or another name for one that is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
NET = """
import torch
from torch import nn

class Net(nn.Module):
    def forward(self, x):
        return {result}
"""


@pytest.mark.parametrize(
    ("result", "shape"),
    [
        ("x.unfold(1, 3, 2)", (2, 3, 4, 3)),
        ("x.unfold(-1, 2, 1)", (2, 7, 3, 2)),
        ("x.new(x.size()).normal_()", (2, 7, 4)),
        ("x.new(x.size(0), 5).zero_()", (2, 5)),
        ("x.new_tensor([1, 2, 3])", (3,)),
    ],
)
def test_they_are_read(read: Read, result: str, shape: tuple[int, ...]) -> None:
    done = read(NET.format(result=result), "2x7x4", model="Net()")
    assert all(node.op is not None for node in done.network.nodes)
    run = next(iter(done.network.runs.values()))
    assert tuple(int(getattr(size, "hint", size)) for size in run.outputs[0].type.shape) == shape


def test_the_content_of_a_list_is_no_size(read: Read) -> None:
    done = read(NET.format(result="x.new([2, 3])"), "2x7x4", model="Net()")
    assert [node.text for node in done.network.nodes if node.op is None] == ["x.new([2, 3])"]
