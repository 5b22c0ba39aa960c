"""Padding of axes of space and of any axes in one form: what a pad does does not depend on which op says it.

zero_pad2d(x: N H W C, ((1, 1), (0, 2))) = axis_pad(x, ((0, 0), (1, 1), (0, 2), (0, 0)))
"""

from __future__ import annotations

from collections.abc import Sequence

SPATIAL = {f"{kind}_pad{count}d": count for kind in ("zero", "constant") for count in (1, 2, 3)}
NOTHING = (0, 0)


def as_axis_pad(
    op: str, params: dict[str, object], plain: Sequence[str] | None, stored: Sequence[str] | None, rank: int
) -> tuple[str, dict[str, object]]:
    """An op and its parameters, those of spatial padding for all axes of the tensor.

    `plain`: the letters of the op, the axes of space last; `stored`: those of the tensor as it is stored.
    """
    pads = params.get("padding")
    if op not in SPATIAL or not isinstance(pads, tuple) or plain is None:
        return op, params
    letters = tuple(stored or plain)
    if len(letters) == rank + 1:  # a picture without a batch
        letters = tuple(letter for letter in letters if letter != "N")
    if len(letters) != rank or len(pads) != SPATIAL[op]:
        return op, params
    each = dict(zip(plain[-len(pads) :], pads, strict=True))
    whole = tuple(each.get(letter, NOTHING) for letter in letters)
    return "axis_pad", {"padding": whole, "value": params.get("value", 0.0)}
