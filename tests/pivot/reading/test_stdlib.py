"""Classes of the program and what it takes from the standard library."""

from __future__ import annotations

from collections.abc import Callable

import pytest

LIBRARY: list[tuple[str, str, int]] = [
    (
        """
        import types
        from functools import partial
        def f(a): return a
        """,
        "n = [isinstance(v, t) for v in (f, partial(f, 1), nn.ReLU) for t in (types.FunctionType, partial)]"
        ".index(True) * 10 + isinstance(partial(f), partial) + isinstance(partial(f), types.FunctionType)",
        1,
    ),
    (
        """
        from functools import partial
        def f(a, b, c): return a + b * c
        """,
        "n = partial(f, 1, c=3)(2)",
        7,
    ),
    (
        """
        from functools import partial
        def f(a, b, c): return a + b * c
        g = partial(partial(f, b=2, c=3), c=5)
        """,
        "n = {f: 1}[g.func] + g.keywords['c'] + g.keywords['b']",
        8,
    ),
    (
        """
        from functools import reduce
        from operator import mul
        """,
        "n = reduce(mul, [2, 3, 4])",
        24,
    ),
    ("import math", "n = math.ceil(math.sqrt(10)) + math.prod((2, 3)) + int(math.pi)", 13),
    (
        """
        import itertools
        """,
        "n = sum(itertools.chain([1, 2], [3])) + len(list(itertools.product('ab', repeat=3)))",
        14,
    ),
    ("from itertools import accumulate", "n = list(accumulate([1, 2, 3]))[-1]", 6),
    ("from collections import OrderedDict", "n = list(OrderedDict([('a', 2), ('b', 3)]).values())[1]", 3),
    (
        """
        from collections import namedtuple
        P = namedtuple('P', 'a b')
        """,
        "p = P(3, b=4)\na, b = p\nn = p.a + p[1] + b",
        11,
    ),
    (
        """
        from typing import NamedTuple
        class P(NamedTuple):
            a: int
            b: int = 4
        """,
        "n = P(3).b",
        4,
    ),
    (
        """
        from dataclasses import dataclass, field
        @dataclass
        class C:
            a: int
            b: list = field(default_factory=list)
            def total(self):
                return self.a + len(self.b)
        """,
        "n = C(3, [1, 2]).total()",
        5,
    ),
    (
        """
        from enum import Enum
        class E(Enum):
            A = 3
            B = 5
        """,
        "n = E.B.value + E['A'].value + (E(5) is E.B) + len(list(E)) + 10 * (E(E.A) is E.A)",
        21,
    ),
    ("from types import SimpleNamespace", "c = SimpleNamespace(a=3)\nc.b = 4\nn = c.a + c.b", 7),
    (
        """
        from copy import deepcopy
        """,
        "a = [[1], 2]\nb = deepcopy(a)\nb[0].append(5)\nn = len(a[0]) + len(b[0])",
        3,
    ),
    (
        """
        class A:
            k = 3
            def __init__(self, v):
                self.v = v
            @property
            def twice(self):
                return 2 * self.v
            @staticmethod
            def one():
                return 1
            @classmethod
            def make(cls, v):
                return cls(v + cls.k)
        """,
        "n = A.make(2).twice + A.one()",
        11,
    ),
    (
        """
        class A:
            def __call__(self, v): return v + 1
            def __getitem__(self, i): return i * 2
            def __len__(self): return 3
        """,
        "a = A()\nn = a(1) + a[4] + len(a)",
        13,
    ),
    (
        """
        class A:
            def f(self): return 1
        class B(A):
            def f(self): return 10 + super().f()
        class C(A):
            def f(self): return 100 + super().f()
        class D(B, C):
            pass
        """,
        "n = D().f()",
        111,
    ),
    (
        """
        class A: pass
        class B(A): pass
        """,
        "n = issubclass(B, A) + isinstance(B(), A) + (type(B()) is B) + 1",
        4,
    ),
    (
        """
        SIZES = {'s': 3, 'm': 5}
        def pick(k):
            return SIZES[k]
        """,
        "n = pick('m')",
        5,
    ),
    (
        """
        K = 2
        def later():
            return AFTER
        AFTER = K + 3
        """,
        "n = later()",
        5,
    ),
    (
        """
        try:
            import missing_package as mp
            HAS = True
        except ImportError:
            HAS = False
        W = 6
        """,
        "n = W",
        6,
    ),
    (
        """
        from dataclasses import asdict, dataclass, field, replace
        @dataclass
        class C:
            a: int = 1
            b: list = field(default_factory=list)
        """,
        "c = C()\nc.b.append(5)\nn = replace(c, a=7).a + len(c.b) + len(C().b) + len(asdict(c))",
        10,
    ),
    (
        """
        from collections import defaultdict
        """,
        "d = defaultdict(list)\nd['a'].append(3)\nd['b']\nn = len(d) + d['a'][0]",
        5,
    ),
    (
        """
        import re
        PATTERN = re.compile(r'([a-z]+)(\\d+)')
        """,
        "n = int(PATTERN.match('ir12').group(2)) + len(re.split('_', 'a_b_c')) + int(re.sub('x', '', 'x1'))",
        16,
    ),
    (
        """
        import os
        """,
        "n = int(os.environ.get('WIDTH', '6')) + (os.getenv('OTHER') is None) + ('OTHER' in os.environ)",
        7,
    ),
    (
        """
        import sys
        __all__ = []
        MAKERS = {}
        WIDTHS = {'tiny': 5}
        def register(fn):
            mod = sys.modules[fn.__module__]
            mod.__all__.append(fn.__name__)
            MAKERS[fn.__name__] = mod.WIDTHS[fn.__name__]
            return fn
        @register
        def tiny(k):
            return MAKERS['tiny'] + k
        """,
        "n = tiny(2) + len(__all__)",
        8,
    ),
    (
        "",
        "n = int(10 * [x.item() for x in torch.linspace(0, 1, 3)][1]) + len(torch.arange(6).split([2, 4])[1].tolist())",
        9,
    ),
    (
        """
        import enum
        class Mode(str, enum.Enum):
            CAT = "cat"
            ADD = "add"
        class Kind(str, enum.Enum):
            def __str__(self):
                return self.value
            SUM = "sum"
        """,
        "n = 4 * (Mode('add').upper() == 'ADD') + (Mode.CAT == 'cat') + len({Mode.CAT, 'cat'}) + len(f'{Mode.ADD}')\n"
        "n += isinstance(Mode, enum.EnumMeta) + len(f'{Kind.SUM}')",
        18,
    ),
    (
        """
        import inspect
        from keyword import iskeyword
        def f(width, *args): pass
        """,
        "n = len(set(['a', 'b']) - {'b'}) + len({1} | {2}) + ('eps' in inspect.signature(nn.LayerNorm).parameters)\n"
        "n += len(inspect.signature(f).parameters) + 'ab'.isidentifier() + iskeyword('for') + (f.__doc__ is None)",
        9,
    ),
]


@pytest.mark.parametrize(("before", "init", "expected"), LIBRARY, ids=[row[1] for row in LIBRARY])
def test_classes_and_the_standard_library(number: Callable[..., object], before: str, init: str, expected: int) -> None:
    assert number(init, before) == expected
