"""Which name of `a, *_, b = *x.shape, y` takes which part."""

from __future__ import annotations

import ast
from collections.abc import Sequence


def counterpart(names: Sequence[ast.expr], parts: Sequence[ast.expr], at: int) -> int | None:
    """The place of the name that takes the part at a place; None where a star leaves that open.

    Before every star places are counted from the left, behind every star from the right.
    """
    stars = [[i for i, e in enumerate(side) if isinstance(e, ast.Starred)] for side in (names, parts)]
    if max(map(len, stars)) > 1 or at in stars[1]:
        return None
    if all(at < i for found in stars for i in found):
        return at if at < len(names) else None
    from_right = len(parts) - at
    behind = all(from_right < len(side) - i for side, found in zip((names, parts), stars, strict=True) for i in found)
    return len(names) - from_right if behind and from_right <= len(names) else None
