"""Questions about what a value is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]


@pytest.mark.parametrize(
    ("question", "width"),
    [
        ("isfunction(lambda: 3)", 5),
        ("isfunction(nn.ReLU)", 3),
        ("isfunction(nn.ReLU())", 3),
        ("isclass(nn.ReLU)", 5),
        ("isclass(nn.ReLU())", 3),
        ("ismethod(self.forward)", 5),
        ("ismethod(lambda: 3)", 3),
    ],
)
def test_what_inspect_says(net: Read, question: str, width: int) -> None:
    done = net(f"import inspect\nself.fc = nn.Linear(4, 5 if inspect.{question} else 3)", "return self.fc(x)", "2x4")
    assert done.network.nodes[0].results[0].type.shape[-1] == width
