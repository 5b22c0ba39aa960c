"""One padding is the same whichever op says it."""

from __future__ import annotations

import pytest

from codegen.proof_pads import as_axis_pad

PLAIN = tuple("NCHW")
PADS = ((1, 1), (0, 2))


@pytest.mark.parametrize(
    ("stored", "rank", "padding"),
    [
        (tuple("NHWC"), 4, ((0, 0), (1, 1), (0, 2), (0, 0))),
        (None, 4, ((0, 0), (0, 0), (1, 1), (0, 2))),
        (tuple("NHWC"), 3, ((1, 1), (0, 2), (0, 0))),
    ],
)
def test_space_is_found_by_its_letters(stored: tuple[str, ...] | None, rank: int, padding: object) -> None:
    made = as_axis_pad("zero_pad2d", {"padding": PADS}, PLAIN, stored, rank)
    assert made == ("axis_pad", {"padding": padding, "value": 0.0})


def test_what_is_put_around_counts() -> None:
    assert as_axis_pad("constant_pad2d", {"padding": PADS, "value": -1.0}, PLAIN, None, 4)[1]["value"] == -1.0


@pytest.mark.parametrize(("op", "rank"), [("reflect_pad2d", 4), ("zero_pad2d", 5)])
def test_all_else_stays(op: str, rank: int) -> None:
    assert as_axis_pad(op, {"padding": PADS}, PLAIN, None, rank) == (op, {"padding": PADS})
