"""A sequence whose items are made when somebody asks for them: of several ways, the first is mostly enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class Lazy(Sequence[T]):
    """The items of an iterator, each made once."""

    __slots__ = ("_made", "_rest")

    def __init__(self, items: Iterator[T]) -> None:
        self._made: list[T] = []
        self._rest: Iterator[T] | None = items

    def _reach(self, count: int | None) -> list[T]:
        """What is made, at least so many of them, or all."""
        while self._rest is not None and (count is None or len(self._made) < count):
            try:
                self._made.append(next(self._rest))
            except StopIteration:
                self._rest = None
        return self._made

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...

    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        if isinstance(place, slice):
            last = place.stop
            return self._reach(last if isinstance(last, int) and last >= 0 else None)[place]
        return self._reach(place + 1 if place >= 0 else None)[place]

    def __iter__(self) -> Iterator[T]:
        place = 0
        while len(self._reach(place + 1)) > place:
            yield self._made[place]
            place += 1

    def __len__(self) -> int:
        return len(self._reach(None))

    def __bool__(self) -> bool:
        return bool(self._reach(1))
