"""Tables that calls and decorators fill."""

from __future__ import annotations

from collections.abc import Callable

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated

TABLES = """
    WIDTHS = {}
    MAKERS = []
    def put(name, width):
        WIDTHS[name] = width
    def maker(fn):
        if fn.__name__ not in MAKERS:
            MAKERS.append(fn.__name__)
        return fn
    put('small', 3)
"""
MORE = """
    from tables import maker, put
    put('large', 7)
    @maker
    def net(): return None
"""
MODEL = """
from tables import MAKERS, WIDTHS
from more import put
class Net(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = nn.Linear(4, WIDTHS[size] + ('net' in MAKERS))
    def forward(self, x):
        return self.fc(x)
"""


def test_what_other_files_register_is_found_when_it_is_asked_for(
    read: Callable[..., Elaborated], refused: Callable[..., Problem]
) -> None:
    files = {"tables.py": TABLES, "more.py": MORE}
    for size, width in [("small", 4), ("large", 8)]:
        done = read(MODEL, "2x4", model=f"Net('{size}')", files=files)
        assert done.network.outputs[0].type.shape[-1] == width
    assert "no key 'huge'" in refused(read, MODEL, "2x4", model="Net('huge')", files=files).why
