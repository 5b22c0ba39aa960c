"""What is raised where one text would have to say different numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LONG = 200  # characters


@dataclass
class Disagreement(Exception):
    """The visits of a site need different numbers and no source text says them."""

    why: str

    @classmethod
    def of(cls, key: str, values: Iterable[object]) -> Disagreement:
        """Of an argument: with its numbers, where they are short."""
        met = ", ".join(sorted({str(v) for v in values}))
        return cls(f"{key} is {met} at different visits" if len(met) < LONG else f"{key} differs between visits")
