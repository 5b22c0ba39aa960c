"""Objects of program classes that hold a dict or a list, and properties that can be set."""

from __future__ import annotations

from collections.abc import Callable

import pytest

TABLE = """
from collections import OrderedDict
class Table(OrderedDict):
    def __getitem__(self, key):
        content = super().__getitem__(key)
        kind, options = content if isinstance(content, tuple) else (content, {})
        return kind(**options)
class A:
    def __init__(self, v=3): self.v = v
"""


@pytest.mark.parametrize(
    ("before", "text", "value"),
    [
        (TABLE, "t = Table({'a': A, 'b': (A, {'v': 5})})\nn = t['a'].v + t['b'].v + len(t) + ('a' in t)", 11),
        (TABLE, "t = Table(a=A)\nt['c'] = (A, {'v': 1})\nn = t['c'].v + len(list(t.keys()))", 3),
        ("class L(list):\n    pass", "l = L([1, 2])\nl.append(4)\nn = sum(l) + len(l)", 10),
        (
            "class D(dict):\n    def __init__(self, **k):\n        super().__init__(k)\n        self.n = 2",
            "d = D(a=3)\nn = d['a'] + d.n",
            5,
        ),
        (
            """
            class P:
                def __init__(self): self.w = 3
                @property
                def v(self): return self._v
                @v.setter
                def v(self, value): self._v = 2 * value
            """,
            "p = P()\np.v = 4\nn = p.v",
            8,
        ),
        (
            """
            class C:
                names = {'wide': 'w'}
                def __init__(self): self.w = 3
                def __getattr__(self, name):
                    if name in self.names:
                        return getattr(self, self.names[name])
                    raise AttributeError(name)
            """,
            "c = C()\nn = c.wide + getattr(c, 'thin', 4) + hasattr(c, 'thin')",
            7,
        ),
        ("import inspect\ndef f(a, b, *c, d=1): pass", "n = len(inspect.signature(f).parameters)", 4),
        (
            "import torch",
            "n = int(torch.finfo(torch.float32).max > 1e38) + int(torch.iinfo(torch.int64).max > 2**62)",
            2,
        ),
    ],
)
def test_numbers(number: Callable[..., object], before: str, text: str, value: int) -> None:
    assert number(text, before) == value


def test_what_super_has_not_is_refused(read: Callable[..., object], refused: Callable[..., object]) -> None:
    text = """
    class A:
        def f(self): return super().f()
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.n = A().f()
        def forward(self, x): return x
    """
    assert refused(read, text, "2x4").why == "super().f() is not read here"
