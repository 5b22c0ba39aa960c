"""Guards of the constant folder: nothing of a size that the source dictates is allocated."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from pivot.dims import Dim, hint
from pivot.reading.limits import LIMITS
from pivot.reading.values import DictObject, ListObject, Value

_NUMBERS = re.compile(r"\d+")
_TAKES_WIDTH = re.compile(r"%[^%a-zA-Z]*\*|:[^{}]*\{")  # `%*d`, `{:{}}`
_DIGITS = len(str(LIMITS.string_bytes)) - 1  # a longer width may exceed the limit of texts


class LimitReached(Exception):
    """A limit of reading was reached: what is too large, and the name of the limit."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"{what} (limit {name} = {getattr(LIMITS, name)})")


def check_power(base: object, exponent: object) -> None:
    """Refuse powers whose result would be longer than the integer limit."""
    if isinstance(base, int) and isinstance(exponent, int) and exponent > 0 and abs(base) > 1:
        check_bits(base.bit_length() * exponent)


def check_shift(base: object, places: object) -> None:
    """Refuse shifts whose result would be longer than the integer limit."""
    if isinstance(base, int) and isinstance(places, int):
        check_bits(base.bit_length() + places)


def check_product(left: object, right: object) -> None:
    """Refuse `'a' * 10**12` and products of huge integers."""
    for text, count in ((left, right), (right, left)):
        if isinstance(text, (str, bytes)) and isinstance(count, int):
            check_text(len(text) * count)
    if isinstance(left, int) and isinstance(right, int):
        check_bits(left.bit_length() + right.bit_length())


def check_sum(left: object, right: object) -> None:
    """Refuse texts that grow by doubling."""
    if isinstance(left, (str, bytes)) and isinstance(right, (str, bytes)):
        check_text(len(left) + len(right))


def check_bits(count: int) -> None:
    """Refuse an integer of so many bits."""
    if count > LIMITS.integer_bits:
        raise LimitReached("an integer of too many bits", "integer_bits")


def check_text(length: int) -> None:
    """Refuse a string or bytes value of so many characters."""
    if length > LIMITS.string_bytes:
        raise LimitReached("too long a string", "string_bytes")


def check_format(spec: str, *given: object) -> None:
    """Refuse `{:>1000000000}` and `%1000000000d`: a format whose widths make long strings, in it or `given` to it."""
    if any(len(width) > _DIGITS for width in _NUMBERS.findall(spec)):
        raise LimitReached("too wide a format", "string_bytes")
    if _TAKES_WIDTH.search(spec):
        check_text(max((abs(number) for number in given if isinstance(number, int)), default=0))


def check_items(count: int) -> None:
    """Refuse containers beyond the item limit."""
    if count > LIMITS.container_items:
        raise LimitReached("too large a container", "container_items")


def counted(items: Iterator[Value]) -> Iterator[Value]:
    """The items of anything, up to the limit of containers."""
    for index, item in enumerate(items):
        if index >= LIMITS.container_items:
            raise LimitReached("too large a container", "container_items")
        yield item


def check_nested(hint: object) -> None:
    """Refuse containers that hold themselves, or each other so often that going through them never ends."""
    if not isinstance(hint, (ListObject, DictObject, tuple)):
        return
    todo: list[object] = [hint]
    count = 0
    while todo:
        item = todo.pop()
        inner: list[Value] = []
        if isinstance(item, ListObject):
            inner = item.items
        elif isinstance(item, DictObject):
            inner = [value for _, value in item.entries.values()]
        elif isinstance(item, tuple):
            inner = [value for value in item if isinstance(value, Value)]
        count += len(inner)
        check_items(count)
        todo.extend(value.hint for value in inner if isinstance(value.hint, (ListObject, DictObject, tuple)))


def check_elements(shape: tuple[Dim, ...]) -> None:
    """Refuse tensors of more elements than any machine holds."""
    if math.prod(hint(size) for size in shape) > LIMITS.shape_product:
        raise LimitReached("a tensor of too many elements", "shape_product")


def check_graph(count: int) -> None:
    """Refuse networks of too many nodes, both modes together, or modules."""
    if count >= LIMITS.graph_nodes:
        raise LimitReached("too large a network", "graph_nodes")
