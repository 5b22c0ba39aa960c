"""Checks of sizes that a model which is built symbolically has no numbers for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codegen.convert import Converted

SOURCE = """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.c = nn.Conv2d(3, 4, 3, padding=1)

            def forward(self, x, y):
                b, c, h, w = x.shape
                f = self.c(x)
                wanted = (b, 4, h, w)
                {check}
                return f + self.c(y)
        """


@pytest.mark.parametrize(
    ("check", "stays"),
    [
        ("assert x.shape[0] == y.shape[0]", False),
        ("assert b == len(y), 'rows'", False),
        ("assert f.shape == wanted", False),
        ("if x.shape[0] * 2 != b + len(y): raise ValueError('rows')", False),
        ("assert h % 2 == 0", True),
        ("if x.shape[-2:] != y.shape[-2:]: raise ValueError('sizes')", True),
        ("assert c == 3", True),
    ],
)
def test_checks_of_the_batch_are_left_out_and_that_is_told(
    conversion: Callable[..., Converted], check: str, stays: bool
) -> None:
    done = conversion(SOURCE.replace("{check}", check), "2x3x8x8", "2x3x8x8")
    assert ("assert" in done.text or "raise" in done.text) is stays
    assert any(p.code == "check" for p in done.written.problems) is not stays
