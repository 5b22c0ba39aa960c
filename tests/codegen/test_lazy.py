"""Items are made when they are asked for, and once."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.lazy import Lazy


def test_items_are_made_as_far_as_they_are_asked_for_and_once() -> None:
    made: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(4):
            made.append(number)
            yield number

    found = Lazy(numbers())
    assert made == []
    assert found and found[0] == 0 and made == [0]
    assert list(found[:2]) == [0, 1] and made == [0, 1]
    assert next(n for n in found if n) == 1 and made == [0, 1]
    assert list(found) == [0, 1, 2, 3] == list(found) and len(found) == 4 and found[-1] == 3
    assert made == [0, 1, 2, 3]
    assert not Lazy(iter(()))
