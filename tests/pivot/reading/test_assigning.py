"""Names that are bound: to parts of what nobody maps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]


def test_what_is_not_mapped_gives_as_many_as_are_asked_for(net: Read) -> None:
    done = net("pass", "import boxes\na, b, c = boxes.best(x, 3)\nreturn a + c", "2x4")
    unmapped, total = done.network.nodes
    assert unmapped.op is None and unmapped.text == "boxes.best(x, 3)"
    assert list(total.tensors()) == [unmapped.results[0], unmapped.results[0]]


def test_deleted_children_are_counted_anew_and_parts_of_rows_keep_their_names(net: Read) -> None:
    init = (
        "row = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4), nn.Linear(4, 4))\n"
        "self.part = row[1:3]\n"
        "self.less = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4))\n"
        "del self.less[0]"
    )
    done = net(init, "return self.less(self.part(x))", "2x4")
    paths = {path for path, _ in done.network.root.walk()}
    assert paths == {"", "part", "part.1", "part.2", "less", "less.0", "less.1"}


def test_a_tuple_grows_no_longer(net: Read) -> None:
    with pytest.raises(Refusal, match="a tuple has no append"):
        net("sizes = (1, 2)\nsizes.append(3)", "return x", "2x4")
