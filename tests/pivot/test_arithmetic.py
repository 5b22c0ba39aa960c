from __future__ import annotations

import pytest

from pivot.arithmetic import derive_all, evaluate_text, names_in
from pivot.dims import symbol
from pivot.slots import NotationError
from pivot.types import TensorType

C = symbol("C", 6)
VALUES: dict[tuple[str, str | None], object] = {
    ("groups", None): 2,
    ("kernel", None): (3, 5),
    ("x", "C"): C,
    ("x", "H'"): 9,
    ("x", None): TensorType((2, 3, 4)),
    ("bias", None): None,
    ("both", None): True,
}


def lookup(name: str, part: str | None) -> object:
    if (name, part) not in VALUES:
        raise NotationError(f"'{name}' is not known")
    return VALUES[name, part]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x.C // groups", C // 2),
        ("kernel[1] - 1", 4),
        ("(kernel[0], x.C)", (3, C)),
        ("x.H' * 2", 18),
        ("2 if both else 1", 2),
        ("given(bias)", False),
        ("not given(bias) and both", True),
        ("rank(x) - 1", 2),
        ("prod(kernel)", 15),
        ("len(kernel)", 2),
        ("max(kernel[0] - 4, 0)", 0),
        ("-groups", -2),
        ("'float32'", "float32"),
        ("groups == 2", True),
    ],
)
def test_values(text: str, value: object) -> None:
    assert evaluate_text(text, lookup) == value


@pytest.mark.parametrize(
    "text",
    [
        "y",
        "groups // 0",
        "groups ** 2",
        "__import__('os')",
        "kernel[5]",
        "kernel + 1",
        "x.C.D",
        "lambda: 1",
        "1 +",
        "groups()",
    ],
)
def test_what_is_not_allowed(text: str) -> None:
    with pytest.raises(NotationError):
        evaluate_text(text, lookup)


def test_derived_parameters() -> None:
    assert derive_all("filters=kernel.O, kernel=(kernel.H, kernel.W)") == {
        "filters": "kernel.O",
        "kernel": "(kernel.H, kernel.W)",
    }
    assert names_in("x.C // groups + len(kernel)") == {"x", "groups", "kernel"}
    with pytest.raises(NotationError):
        derive_all("kernel.O")
