from __future__ import annotations

import pytest

from pivot.dims import symbol
from pivot.params import BadValue, ParamSpec, ParamType, normal_value, parse_param
from pivot.slots import MISSING, NotationError


@pytest.mark.parametrize(
    ("text", "kind", "default"),
    [
        ("int", ParamType("int"), MISSING),
        ("int[2] = (1, 1)", ParamType("int", 2), (1, 1)),
        ("int[2] = 1", ParamType("int", 2), (1, 1)),
        ("pads[2] = ((0, 0), (0, 0))", ParamType("pads", 2), ((0, 0), (0, 0))),
        ("float = 1", ParamType("float"), 1.0),
        ("float = -1e999", ParamType("float"), float("-inf")),
        ("axes? = None", ParamType("axes", None, optional=True), None),
        ("int?[2]", ParamType("int", 2, item_optional=True), MISSING),
        ("int[*]", ParamType("int", -1), MISSING),
        ("str = 'zeros'", ParamType("str"), "zeros"),
    ],
)
def test_declarations(text: str, kind: ParamType, default: object) -> None:
    assert parse_param("p", text) == ParamSpec("p", kind, default)


@pytest.mark.parametrize("text", ["integer", "int = x", "int = 1.5", "pads", "axis = 'a'", "int[2] = (1, 2, 3)"])
def test_wrong_declarations(text: str) -> None:
    with pytest.raises(NotationError):
        parse_param("p", text)


N = symbol("N", 2)


@pytest.mark.parametrize(
    ("kind", "value", "rank", "normal"),
    [
        ("int[2]", [3, 5], None, (3, 5)),
        ("int", N, None, N),
        ("int?[2]", (None, 7), None, (None, 7)),
        ("pads[2]", 1, None, ((1, 1), (1, 1))),
        ("pads[2]", (1, 2), None, ((1, 1), (2, 2))),
        ("pads[2]", [[1, 2], 0], None, ((1, 2), (0, 0))),
        ("pads[1]", "same", None, "same"),
        ("axis", -1, 4, 3),
        ("axis", -1, None, -1),
        ("new_axis", -1, 2, 2),
        ("axes", -1, 3, (2,)),
        ("axes", (0, -2), 3, (0, 1)),
        ("new_axes", (0, -1), 2, (0, 3)),
        ("dims", [2, -1], None, (2, -1)),
        ("index", 0, None, (0,)),
        ("bool", 1, None, True),
        ("dtype", "int64", None, "int64"),
        ("value", [1, 2], None, (1, 2)),
        ("str?", None, None, None),
    ],
)
def test_normal_values(kind: str, value: object, rank: int | None, normal: object) -> None:
    found = normal_value(parse_param("p", kind).type, value, rank)
    assert found == normal
    assert type(found) is type(normal)


@pytest.mark.parametrize(
    ("kind", "value", "rank"),
    [
        ("int", True, None),
        ("int", 1.5, None),
        ("int", None, None),
        ("int[2]", (1, 2, 3), None),
        ("axis", 3, 3),
        ("axis", -4, 3),
        ("pads[2]", (1, 2, 3), None),
        ("pads[2]", "valid", None),
        ("dtype", "float33", None),
        ("float", "1", None),
        ("str", 1, None),
    ],
)
def test_values_that_do_not_fit(kind: str, value: object, rank: int | None) -> None:
    with pytest.raises(BadValue):
        normal_value(parse_param("p", kind).type, value, rank)
