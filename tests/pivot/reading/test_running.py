"""What a forward pass needs of what the constructor computed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated

Net = Callable[..., Elaborated]


def ops(done: Elaborated, mode: str) -> list[str]:
    return [n.op.name for n in done.network.runs[mode].nodes if n.op is not None]


@pytest.mark.parametrize(
    "keep",
    [
        "self.table = table",
        "self.register_buffer('table', table, persistent=False)",
        "self.table = nn.Buffer(table, persistent=False)",
    ],
)
def test_values_made_in_constructors_are_nodes_where_they_are_needed(net: Net, keep: str) -> None:
    init = f"table = torch.arange(4).float()\nunused = torch.ones(4)\n{keep}"
    done = net(init, "return x * self.table", "2x4")
    assert ops(done, "eval") == ops(done, "train") == ["arange", "cast", "mul"]
    assert done.network.parameters == ()
    assert all(n.modes == {"eval", "train"} for n in done.network.nodes)


def test_buffers_of_the_checkpoint_are_parameters(net: Net) -> None:
    done = net("self.table = nn.Buffer(torch.arange(4).float())", "return x * self.table", "2x4")
    assert ops(done, "eval") == ["mul"]
    assert [p.buffer for p in done.network.parameters] == [True]
