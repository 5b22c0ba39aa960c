"""Pauses the garbage collector where very many small values are made at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Nothing made inside forms cycles worth looking for; looking took a third of the time of a large layout.

    What was made counts as old afterwards: else it would be looked through soon after, once more for each generation.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():  # what a process that forks has frozen must stay so
                gc.freeze()  # from all generations to the frozen ones, and from there to the oldest
                gc.unfreeze()
            gc.enable()
