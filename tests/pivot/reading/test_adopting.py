"""Globals of a program that its main block binds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
NET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(width, 2)

    def forward(self, x):
        return self.fc(x)

if __name__ == "__main__":
    words = "a b c".split()
    {rest}
    net = Net()
    net(torch.randn(2, width))
"""


def test_a_class_uses_what_the_main_block_binds(read: Read) -> None:
    done = read(NET.format(rest="width = len(words)"), model="Net()")
    (input_,) = done.network.inputs
    assert input_.value.type.shape[1] == 3


def test_a_name_that_a_loop_binds_anew_is_not_taken(read: Read) -> None:
    with pytest.raises(Refusal, match="'width' is not bound"):
        read(NET.format(rest="width = 3\n    for width in range(4, 6): print(width)"), "2x3", model="Net()")


def test_a_table_that_a_loop_fills_is_taken(read: Read) -> None:
    rest = "table = {'pad': 0}\n    for i, w in enumerate(words): table[w] = i + 1\n    width = len(table)"
    (input_,) = read(NET.format(rest=rest), model="Net()").network.inputs
    assert input_.value.type.shape[1] == 4


def test_the_main_block_of_an_imported_file_is_not_run(read: Read) -> None:
    layers = "from torch import nn\n" + NET.format(rest="width = 3")
    with pytest.raises(Refusal, match="'width' is not bound"):
        read("from layers import Net\nmodel = Net()", "2x3", model="model", files={"layers.py": layers})
