"""Plain Python, feature by feature: what a number in a constructor comes out as."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("init", "expected"),
    [
        ("n = 2 + 3 * 4 - 1", 13),
        ("n = 7 // 2 + 7 % 4 + 2 ** 3", 14),
        ("n = int(7 / 2)", 3),
        ("n = 1 << 4 | 3", 19),
        ("n = -(-5)", 5),
        ("n = 5 if 3 < 4 <= 4 else 6", 5),
        ("n = None or 6", 6),
        ("n = 0 and 6 or 7", 7),
        ("n = not False and 8", 8),
        ("n = 3 if 'a' in ('a', 'b') and 'c' not in {'a': 1} else 4", 3),
        ("n = 3 if None is None else 4", 3),
        ("a, (b, *c) = 1, (2, 3, 4)\nn = a + b + sum(c)", 10),
        ("n, m = m2 = 5, 6", 5),
        ("n = [1, 2, 3, 4][-2]", 3),
        ("n = sum([1, 2, 3, 4][1:3])", 5),
        ("n = len('abc') + len([1, 2]) + len({'a': 1})", 6),
        ("n = {'a': 4, **{'b': 5}}['b']", 5),
        ("n = [i * j for i in range(3) for j in range(3) if i != j][-1]", 2),
        ("n = {k: v for k, v in zip('ab', (3, 4))}['b']", 4),
        ("n = sum(i for i in range(5) if i % 2)", 4),
        ("n = len({i % 3 for i in range(9)})", 3),
        ("n = max(3, 9, 4) + min([2, 5])", 11),
        ("n = sorted([3, 1, 2], key=lambda v: -v)[0]", 3),
        ("n = list(map(lambda a, b: a + b, [1, 2], [3, 4]))[1]", 6),
        ("n = list(filter(None, [0, 5]))[0]", 5),
        ("n = list(enumerate('ab', start=4))[1][0]", 5),
        ("n = list(reversed(range(4)))[0]", 3),
        ("n = dict(a=3, b=4)['b']", 4),
        ("n = dict([('a', 3)]).get('z', 9)", 9),
        ("d = {}\nd.setdefault('a', []).append(4)\nn = d['a'][0]", 4),
        ("l = [1]\nl += [2, 3]\nl.insert(0, 9)\nl.extend((4,))\nn = l.pop(0) + len(l)", 13),
        ("n = int('12') + int(float('3.9'))", 15),
        ("n = len(f'{3:>5}|{\"a\"!r}')", 9),
        ("n = len('%s-%d' % ('ab', 3))", 4),
        ("n = len('{}{b}'.format('ab', b=1))", 3),
        ("n = len('a,b,c'.split(','))", 3),
        ("n = (m := 4) + m", 8),
        ("n = 0\nfor i in range(10):\n    if i == 2: continue\n    if i == 5: break\n    n += i\nelse:\n    n = 99", 8),
        ("n = 0\nwhile n < 7:\n    n += 2\nelse:\n    n += 1", 9),
        ("def f(a, b=2, *c, d, e=5, **g):\n    return a + b + sum(c) + d + e + g['h']\nn = f(1, 2, 3, d=4, h=6)", 21),
        ("def f(*a, **k):\n    return g(*a, **k)\ndef g(a, b):\n    return a - b\nn = f(9, **{'b': 2})", 7),
        ("def make(k):\n    def inner(v):\n        return v * k\n    return inner\nn = make(3)(4)", 12),
        ("n = (lambda a, b=3: a * b)(2)", 6),
        ("def f():\n    yield 1\n    yield from (2, 3)\nn = sum(f())", 6),
        ("def f(a):\n    if a: return 3\n    return 4\nn = f(True)", 3),
        ("try:\n    raise ValueError('no')\nexcept ValueError:\n    n = 3\nfinally:\n    m = 1", 3),
        ("n = isinstance(3, (int, str)) + isinstance([], list) + isinstance(None, int) + 1", 3),
        ("n = getattr(nn, 'Lin' + 'ear')(4, 3).out_features", 3),
        ("n = next(iter([6, 7]))", 6),
        ("n = divmod(17, 5)[1] + abs(-3) + round(2.6)", 8),
        ("n = pow(2, 3)", 8),
        ("l = [1, 2, 3]\ndel l[0]\nd = {'a': 1, 'b': 2}\ndel d['a']\nn = len(l) + len(d)", 3),
        ("assert 1 < 2, 'never'\nn = 3", 3),
    ],
)  # fmt: skip
def test_plain_python(number: Callable[..., object], init: str, expected: int) -> None:
    assert number(init) == expected


def test_a_long_sum_is_read(number: Callable[..., object]) -> None:
    assert number("n = " + "+".join(["1"] * 900)) == 900
