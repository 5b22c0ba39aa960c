from __future__ import annotations

import pytest

from pivot.codecs.base import DottedName, NoForm
from pivot.codecs.dtypes import DtypeLike, KerasDtype, TorchDtype, TypeOf
from pivot.types import TensorType


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (DottedName("torch.long"), "int64"),
        ("torch.half", "float16"),
        (DottedName("numpy.bool_"), "bool"),
        (float, "float64"),
        (bool, "bool"),
        ("uint8", "uint8"),
    ],
)
def test_names_of_torch(value: object, dtype: str) -> None:
    assert TorchDtype().read(value, {}) == dtype


def test_python_floats_are_single_in_keras() -> None:
    assert KerasDtype().read(float, {}) == "float32"
    assert TorchDtype().write("int64", {}) == DottedName("torch.int64")
    with pytest.raises(NoForm):
        KerasDtype().read("quint8", {})


def test_the_type_of_a_tensor() -> None:
    assert DtypeLike().read(TensorType((), "int32"), {}) == "int32"
    assert TypeOf().read(TensorType((), "int32"), {"dtype": None}) == "int32"
    assert TypeOf().read(TensorType((), "int32"), {"dtype": "bool"}) == "bool"
