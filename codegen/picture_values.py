"""Values and shapes as a picture holds them."""

from __future__ import annotations

from collections.abc import Sequence

from pivot.dims import Dim, Size
from pivot.dims import text as dim_text
from pivot.reading.values import Value, plain


def shape_record(shape: Sequence[Dim]) -> list[int | str]:
    """Numbers, and symbolic sizes as text: ["N", 64, "H//2", 7]."""
    return [size if isinstance(size, int) else dim_text(size) for size in shape]


def value_text(value: object) -> str:
    """A parameter as people read it: `(3, 3)`, `N*T`, `1:-1`, `...`."""
    if isinstance(value, Size):
        return dim_text(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(value_text, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(map(value_text, value))}]"
    if isinstance(value, slice):
        start, stop, step = ("" if part is None else value_text(part) for part in (value.start, value.stop, value.step))
        return f"{start}:{stop}" + (f":{step}" if step else "")
    if value is Ellipsis:
        return "..."
    if isinstance(value, Value):
        return value_text(value.hint)
    if plain(value):
        return repr(value)
    return "tensor" if hasattr(value, "shape") else str(value)
