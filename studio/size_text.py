"""Sizes and shapes as people write them: short, and clear between the crosses of a shape. No Qt here."""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST = 18  # characters of one size; the tip of a wire is no place for a formula either

_CEIL = re.compile(r"\((\w+) \+ (\d+)\)//(\d+)")
_CEIL_OF_CEIL = re.compile(r"\(⌈(\w+)/(\d+)⌉ \+ (\d+)\)//(\d+)")


def shape_text(shape: Sequence[int | str] | None) -> str:
    """("N", 64, "H//2", 56) -> "N×64×(H//2)×56"; () -> "scalar"; None -> "?"."""
    if shape is None:
        return "?"
    return "×".join(_factor(str(size)) for size in shape) if shape else "scalar"


def size_text(size: str) -> str:
    """(H + 1)//2 -> ⌈H/2⌉; ((H + 1)//2 + 1)//2 -> ⌈H/4⌉; what stays long is cut off."""
    text = _CEIL.sub(_ceil, size)
    while (shorter := _CEIL_OF_CEIL.sub(_ceil_of_ceil, text)) != text:
        text = shorter
    text = text.replace(" ", "").replace("*", "·")
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _factor(size: str) -> str:
    """A size that is not one word stands in parentheses: between crosses its own signs would mislead."""
    if size.isalnum():
        return size
    text = size_text(size)
    return text if text.startswith("⌈") and text.endswith("⌉") else f"({text})"


def _ceil(found: re.Match[str]) -> str:
    name, added, divisor = found[1], int(found[2]), int(found[3])
    return f"⌈{name}/{divisor}⌉" if added == divisor - 1 else found[0]  # (x + d - 1) // d == ceil(x / d)


def _ceil_of_ceil(found: re.Match[str]) -> str:
    name, inner, added, divisor = found[1], int(found[2]), int(found[3]), int(found[4])
    return f"⌈{name}/{inner * divisor}⌉" if added == divisor - 1 else found[0]  # ceil(ceil(x / a) / b) == ceil(x / ab)
