"""Guards of the constant folder: nothing of a size that the source dictates is allocated."""

from __future__ import annotations

from pivot.reading.limits import LIMITS


class LimitReached(Exception):
    """A limit of reading was reached; the message names it."""


def check_power(base: object, exponent: object) -> None:
    """Refuse powers whose result would be longer than the integer limit."""
    if isinstance(base, int) and isinstance(exponent, int) and exponent > 0:
        if max(base.bit_length(), 1) * exponent > LIMITS.integer_bits and abs(base) > 1:
            raise LimitReached(f"integer of more than {LIMITS.integer_bits} bits")


def check_shift(base: object, places: object) -> None:
    """Refuse shifts whose result would be longer than the integer limit."""
    if isinstance(base, int) and isinstance(places, int) and places + base.bit_length() > LIMITS.integer_bits:
        raise LimitReached(f"integer of more than {LIMITS.integer_bits} bits")


def check_product(left: object, right: object) -> None:
    """Refuse `'a' * 10**12` and products of huge integers."""
    for text, count in ((left, right), (right, left)):
        if isinstance(text, (str, bytes)) and isinstance(count, int) and len(text) * count > LIMITS.string_bytes:
            raise LimitReached(f"string of more than {LIMITS.string_bytes:,} characters")
    if (
        isinstance(left, int)
        and isinstance(right, int)
        and left.bit_length() + right.bit_length() > LIMITS.integer_bits
    ):
        raise LimitReached(f"integer of more than {LIMITS.integer_bits} bits")


def check_items(count: int) -> None:
    """Refuse containers beyond the item limit."""
    if count > LIMITS.container_items:
        raise LimitReached(f"container of more than {LIMITS.container_items:,} items")
