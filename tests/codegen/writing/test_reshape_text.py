"""Places of a tensor, in the target's words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.static_proof import prove
from pivot.opset import load_opset
from pivot.problems import Refusal
from pivot.reading.keras import KerasDialect


@pytest.mark.parametrize(
    ("index", "text"),
    [
        ("[0, 2]", "ops.take(x, [0, 2], axis=0)"),
        (":, [2, 0, 1]", "ops.take(x, [2, 0, 1], axis=1)"),
        ("..., [-1, 0]", "ops.take(x, [-1, 0], axis=2)"),
        (":, self.order", "ops.take(x, self.order, axis=1)"),
        (":, self.order[:1]", "ops.take(x, self.order[:1], axis=1)"),
        (":, [1]", "x[:, 1:2]"),
    ],
)
def test_a_list_of_places(net: Callable[..., str], index: str, text: str) -> None:
    """PyTorch's x[[0, 2]] are two rows; TensorFlow's is one entry, and it takes no list behind a slice."""
    made = net("self.order = [2, 0]", f"return x[{index}]", "4x3x5")
    assert text in made


def test_a_list_beside_other_places_is_refused(net: Callable[..., str]) -> None:
    with pytest.raises(Refusal, match="no lists of places"):
        net("", "return x[:, [0, 2], 1]", "4x3x5")


def test_a_list_of_places_reads_back(conversion: Callable[..., Converted]) -> None:
    made = conversion(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(3, 4, 1)

            def forward(self, x):
                return self.conv(x)[:, [3, 1]], x[..., [0, 1]], x[[0, 0]]
        """,
        "2x3x4x5",
    )
    assert prove(made, KerasDialect(), load_opset(), Path("places_keras.py")).why is None
