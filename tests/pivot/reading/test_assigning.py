"""Names that are bound: to parts of what nobody maps."""

from __future__ import annotations

from collections.abc import Callable

from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]


def test_what_is_not_mapped_gives_as_many_as_are_asked_for(net: Read) -> None:
    done = net("pass", "import boxes\na, b, c = boxes.best(x, 3)\nreturn a + c", "2x4")
    unmapped, total = done.network.nodes
    assert unmapped.op is None and unmapped.text == "boxes.best(x, 3)"
    assert list(total.tensors()) == [unmapped.results[0], unmapped.results[0]]
