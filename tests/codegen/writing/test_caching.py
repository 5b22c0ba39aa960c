"""Values that a forward pass keeps on its module are made at every call; what depends on inputs is left as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Net = Callable[..., str]
ONCE = "if self.mask is None or self.mask.size(0) != len(x):\n    self.mask = {}\nreturn x + self.mask"


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        (
            "torch.ones(len(x), 1).tril()",
            "def call(self, x):\n        self.mask = ops.tril(ops.ones((ops.shape(x)[0], 1)))",
        ),
        ("x.mean(1, keepdim=True)", "if self.mask is None or"),
    ],
)
def test_a_mask_that_is_kept(net: Net, kept: str, text: str) -> None:
    assert text in net("self.mask = None", ONCE.format(kept), "2x4")
