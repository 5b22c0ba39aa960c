from __future__ import annotations

import numpy as np

from pivot.types import TensorType, is_tensor, rank_of


def test_anything_with_shape_and_dtype_is_a_tensor() -> None:
    assert is_tensor(TensorType((2, 3)))
    assert is_tensor(np.zeros(3))
    assert not is_tensor(2.0)
    assert not is_tensor((2, 3))


def test_rank_of_operands() -> None:
    assert rank_of(TensorType((2, 3))) == 2
    assert rank_of((TensorType((2, 3, 4)), TensorType(()))) == 3
    assert rank_of(1.5) == 0
    assert rank_of(None) is None
    assert rank_of(()) is None
