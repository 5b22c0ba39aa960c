"""Sizes that a call beside says, turn by turn: `norm(cnf.inputs)` before `nn.Conv2d(cnf.inputs, ...)`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from codegen.writing.loops import innermost

if TYPE_CHECKING:
    from codegen.writing.inferring import Place
    from pivot.reading.frames import Frame
    from pivot.reading.modules import ModuleObject
    from pivot.reading.trace import Trace


def beside(place: Place, trace: Trace, turn_of: Callable[[ModuleObject], int]) -> ast.expr | None:
    """An argument of a call before a place, in the same turn of the same loop, that is the size at every visit."""
    function = place.uses[0].frame.function
    loop = innermost(function.node, place.node) if function is not None else None
    if loop is None or any(use.module is None for use in place.uses):
        return None
    wanted: dict[tuple[int, int], int] = {}
    for use in place.uses:
        if use.module is not None:
            wanted[id(use.frame), turn_of(use.module)] = use.value
    if len(set(wanted.values())) < 2:
        return None
    frames = {id(use.frame): use.frame for use in place.uses}
    for text, call, number in arguments(loop, place.node):
        if still_holds(text, loop, call, place.node) and all(
            given(trace, call, number, frames[frame], turn) == size for (frame, turn), size in wanted.items()
        ):
            return text
    return None


def arguments(loop: ast.For, site: ast.expr) -> Iterator[tuple[ast.expr, ast.Call, int | str]]:
    """Names and attributes that calls of a loop before a site are given, with the calls, the nearest first."""
    start = (site.lineno, site.col_offset)
    calls = [
        n for n in ast.walk(loop) if isinstance(n, ast.Call) and n is not site and (n.lineno, n.col_offset) < start
    ]
    for call in sorted(calls, key=lambda n: (n.lineno, n.col_offset), reverse=True):
        if innermost(loop, call) not in (None, innermost(loop, site)):
            continue  # of a loop inside
        pairs: list[tuple[int | str, ast.expr]] = [
            *enumerate(call.args),
            *((k.arg or "", k.value) for k in call.keywords),
        ]
        for number, text in pairs:
            if isinstance(text, (ast.Name, ast.Attribute)) and all(
                isinstance(n, (ast.Name, ast.Attribute, ast.expr_context)) for n in ast.walk(text)
            ):
                yield text, call, number


def still_holds(text: ast.expr, loop: ast.For, call: ast.Call, site: ast.expr) -> bool:
    """Is nothing that an expression reads bound between a call and a site of the same loop?"""
    names = {n.id for n in ast.walk(text) if isinstance(n, ast.Name)}
    return not any(
        isinstance(n, ast.Name)
        and isinstance(n.ctx, ast.Store)
        and n.id in names
        and call.lineno <= n.lineno <= (site.end_lineno or site.lineno)
        for s in loop.body
        for n in ast.walk(s)
    )


def given(trace: Trace, call: ast.Call, number: int | str, frame: Frame, turn: int) -> object:
    """What a call was given in one turn of a frame."""
    visits = [v for v in trace.visits.get(id(call), []) if v.frame is frame and not v.speculative]
    if not 0 <= turn < len(visits):
        return None
    visit = visits[turn]
    if isinstance(number, int):
        return visit.args[number].hint if number < len(visit.args) else None
    return visit.kwargs[number].hint if number in visit.kwargs else None
