"""Starts that several instances of a class draw by sizes of their own: `bound = 1 / sqrt(in_features)`.

The numbers differ between the visits of one site; where a size that the constructor names gives each of them, it says
the start: `uniform(in_features)`.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codegen.writing.starting import common, mark, own_wanted

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions
    from pivot.reading.trace import Visit
    from pivot.reading.values import ParameterObject

MOST = 3  # sizes that are multiplied: the channels, height and width of a kernel


def fan_said(e: Expressions, visits: Sequence[Visit], made: Sequence[ParameterObject]) -> ast.expr | None:
    """`uniform(n)` for U(-1/sqrt(n), 1/sqrt(n)); None where one distribution does for all, or no size is named."""
    starts = [p.start for p in made]
    if len(made) < 2 or len(made) != len(visits) or any(s is None or s.kind != "uniform" for s in starts):
        return None
    if common([own_wanted(p) for p in made]) is not None:
        return None
    wanted: list[int] = []
    for start in starts:
        assert start is not None
        low, high = start.numbers
        size = round(high**-2) if high > 0 else 0
        if low != -high or size < 1 or not math.isclose(size, high**-2, rel_tol=1e-9):
            return None
        wanted.append(size)
    known = sizes_at(e, visits)
    for count in range(1, MOST + 1):
        for names in itertools.combinations(known, count):
            if [math.prod(row) for row in zip(*(known[n] for n in names), strict=True)] == wanted:
                return mark(("fan_in", " * ".join(names)))
    return None


def sizes_at(e: Expressions, visits: Sequence[Visit]) -> dict[str, list[int]]:
    """The whole numbers that names of the constructor hold where a parameter is made, at each visit."""
    frames = [v.frame for v in visits]
    function = frames[0].function
    if function is None or isinstance(function.node, ast.Lambda) or any(f.function is not function for f in frames):
        return {}
    node, line = function.node, getattr(visits[0].node, "lineno", 0)
    stored = [n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    once = {n.id for n in stored if n.lineno < line and sum(m.id == n.id for m in stored) == 1}
    again = {n.id for n in stored} - once
    arguments = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    gone = e.gone | e.w.gone_parameters.get(id(node), set())
    found: dict[str, list[int]] = {}
    for name in dict.fromkeys([*arguments, *(n.id for n in stored if n.id in once)]):
        if name in gone or name in again:
            continue
        values = [f.scope.names[name].hint if name in f.scope.names else None for f in frames]
        whole = [v for v in values if isinstance(v, int) and not isinstance(v, bool) and v > 1]
        if len(whole) == len(values):
            found[name] = whole
    return found
