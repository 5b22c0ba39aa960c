"""Reading spans from JSON, and showing places to people. No Qt here."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command shows counts, and needs no pictures
    from studio.picture import Shape, Span


def read_span(value: object) -> Span | None:
    """The span of a JSON object; None for null and for anything that is no span."""
    from studio.picture import Span

    if not isinstance(value, dict):
        return None
    file = value.get("file")
    numbers = [value.get(name) for name in ("line", "column", "end_line", "end_column")]
    whole = [number for number in numbers if isinstance(number, int) and not isinstance(number, bool)]
    return Span(file, *whole) if isinstance(file, str) and len(whole) == 4 else None


def place_text(file: str, line: int) -> str:
    """`net.py:12`, short enough for a table."""
    name = PurePath(file).name or "?"
    return f"{name}:{line}" if line else name


def count_text(number: int, one: str, many: str = "") -> str:
    """`1 node`, `12 nodes`, `1,234 nodes`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def short_number(number: int) -> str:
    """`832`, `12.3 k`, `25.6 M`, `1.8 G`."""
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**4, "k")):
        if number >= size:
            scale = 1_000 if letter == "k" else size
            return f"{number / scale:,.1f} {letter}"
    return f"{number:,}"


def short_shape(shape: Shape | None) -> str:
    """A shape for a narrow place: a computed size such as (H + 1)//2 becomes a dot."""
    from studio.picture import shape_text

    if shape is None:
        return shape_text(None)
    sizes = [str(size) if isinstance(size, int) or size.isidentifier() else "·" for size in shape]
    return "×".join(sizes) if sizes else shape_text(shape)


def one_line(text: str, most: int = 90) -> str:
    """Program text on one line without the blanks of its indentation, cut where it is long."""
    joined = " ".join(text.split()).replace("( ", "(").replace(", )", ")").replace(" )", ")")
    return joined if len(joined) <= most else joined[: most - 2].rstrip() + " …"
