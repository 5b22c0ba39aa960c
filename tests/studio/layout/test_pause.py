"""The garbage collector is on again afterwards, whatever happens."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from studio.layout.pause import collection_paused


@pytest.fixture(autouse=True)
def _nothing_is_frozen() -> Iterator[None]:
    """As in the application; the tests' own process keeps what it imported out of the collections."""
    gc.unfreeze()
    yield
    gc.freeze()


def test_it_is_off_inside_and_on_again_after_an_error():
    seen = []

    def fail() -> None:
        with collection_paused():
            seen.append(gc.isenabled())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert seen == [False]
    assert gc.isenabled()


def test_who_had_it_off_keeps_it_off():
    gc.disable()
    try:
        with collection_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_was_made_is_not_looked_through_soon_after():
    with collection_paused():
        made = [[number] for number in range(10)]
    young = {id(found) for found in gc.get_objects(generation=0)}
    assert not young & set(map(id, made))


def test_what_is_frozen_stays_frozen():
    gc.freeze()
    try:
        before = gc.get_freeze_count()
        with collection_paused():
            pass
        assert gc.get_freeze_count() >= before > 0
    finally:
        gc.unfreeze()
