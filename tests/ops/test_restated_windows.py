"""How many windows a restated pool has, which has to be said for sizes that are not known as well."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from pathlib import Path

import pytest

import pivot

FUNCTIONS = Path(pivot.__file__).parent / "restated/torch/nn/functional"
POOLS = ("avg_pool1d", "avg_pool2d", "max_pool1d", "max_pool2d", "max_pool3d")


class Unknown(int):
    """A size that is not known while a model is built: it may be computed with, and compared with nothing."""

    def __add__(self, other: int) -> Unknown:
        return Unknown(int(self) + other)

    def __sub__(self, other: int) -> Unknown:
        return Unknown(int(self) - other)

    def __mul__(self, other: int) -> Unknown:
        return Unknown(int(self) * other)

    def __floordiv__(self, other: int) -> Unknown:
        return Unknown(int(self) // other)

    def __ge__(self, other: object) -> bool:
        raise AssertionError("the size is compared")


def places(pool: str) -> Callable[..., int]:
    """The function `places` of a restated pool."""
    tree = ast.parse((FUNCTIONS / f"{pool}.py").read_text(encoding="utf-8"))
    own = [s for s in tree.body if isinstance(s, ast.FunctionDef) and s.name == "places"]
    names: dict[str, Callable[..., int]] = {}
    exec(compile(ast.Module(own, []), pool, "exec"), names)
    return names["places"]


@pytest.mark.parametrize("pool", POOLS)
def test_the_last_window_begins_before_the_padding_behind(pool: str) -> None:
    count = places(pool)
    for size in range(4, 14):
        for kernel, step, pad, dilation in [(2, 2, 0, 1), (3, 2, 1, 1), (2, 3, 1, 1), (1, 3, 0, 1), (2, 4, 1, 2)]:
            made = math.ceil((size + 2 * pad - dilation * (kernel - 1) - 1) / step) + 1
            made -= (made - 1) * step >= size + pad
            assert count(size, kernel, step, pad, dilation, True) == made


@pytest.mark.parametrize("pool", POOLS)
def test_the_size_is_not_asked_where_the_window_is_as_wide_as_its_step(pool: str) -> None:
    assert places(pool)(Unknown(5), 2, 2, 0, 1, True) == 3
    assert places(pool)(Unknown(5), 3, 2, 1, 1, True) == 3
