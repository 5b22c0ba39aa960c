"""What a person is asked about when a call is not read: how it is spelled, its arguments, and where it stands."""

from __future__ import annotations

import ast
import os
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pivot.decisions import Decision, Where
from pivot.reading.frames import Frame
from pivot.reading.values import Value
from pivot.slots import Ignored

if TYPE_CHECKING:
    from pivot.forms import Bound
    from pivot.op import Kind, Spelling
    from pivot.opset import Form
    from pivot.reading.evaluator import Evaluator


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Spelled:
    """A call as a form would read it. Of a layer, `args` are the constructor's and `applied` those of its call."""

    spelling: Spelling
    name: str
    node: ast.AST
    frame: Frame
    args: tuple[Value, ...] = ()
    kwargs: Mapping[str, Value] = field(default_factory=dict)
    kind: Kind = "function"
    applied: tuple[Value, ...] = ()
    applied_kwargs: Mapping[str, Value] = field(default_factory=dict)
    applied_node: ast.AST | None = None


def root_of(ev: Evaluator) -> str:
    """The folder of the source file."""
    return os.path.dirname(next(iter(ev.files), ""))


def where_of(root: str, node: ast.AST, frame: Frame) -> Where:
    """The place of a site, as decisions name it."""
    site = getattr(node, "container_site", node)
    text = ast.unparse(site) if isinstance(site, ast.expr) else type(site).__name__
    file = os.path.relpath(frame.file, root) if root and os.path.isabs(frame.file) else frame.file
    function = frame.function
    if function is None:
        return Where(Path(file).as_posix(), "", text, 0)
    owner = function.owner
    name = f"{owner.name}.{function.name}" if owner is not None else function.name
    return Where(Path(file).as_posix(), name, text, _ordinal(function.node, site, text))


def _ordinal(definition: ast.AST, site: ast.AST, text: str) -> int:
    """How many equal texts stand before a site in its function."""
    place = (getattr(site, "lineno", 0), getattr(site, "col_offset", 0))
    return bisect_left(_places(definition, type(site).__name__).get(text, ()), place)


@lru_cache(maxsize=64)  # a function of a thousand calls is asked a thousand times
def _places(definition: ast.AST, kind: str) -> Mapping[str, Sequence[tuple[int, int]]]:
    """Where each text of a kind of expression stands in a function, in order."""
    found: dict[str, list[tuple[int, int]]] = {}
    for node in ast.walk(definition):
        if type(node).__name__ == kind and isinstance(node, ast.expr):
            found.setdefault(ast.unparse(node), []).append((node.lineno, node.col_offset))
    return {text: sorted(places) for text, places in found.items()}


def is_read_here(ev: Evaluator, form: Form, node: ast.AST, frame: Frame) -> bool:
    """Is a form read at a site? Those of decisions may be for one place only, or for all but some."""
    if form.where is None and not form.unless:
        return True
    here = where_of(root_of(ev), node, frame)
    return form.where == here if form.where is not None else here not in form.unless


def stop_at(ev: Evaluator, spelled: Spelled | None) -> Decision | None:
    """The decision to let the target stop at a call, if there is one."""
    if spelled is None:
        return None
    for decision in ev.opset.stops:
        if decision.call == (spelled.spelling, spelled.name):
            if decision.where is None or decision.where == where_of(root_of(ev), spelled.node, spelled.frame):
                return decision
    return None


def of_unknown(
    ev: Evaluator, callee: Value, args: tuple[Value, ...], kwargs: Mapping[str, Value], node: ast.AST
) -> Spelled | None:
    """A library object that nobody knows is called: the call that made it, with what it is applied to."""
    for visits in ev.trace.visits.values():
        for made in visits:
            if made.kind == "data" and made.name and made.result is not None and made.result.hint == callee.hint:
                place = (made.node, made.frame)
                return Spelled("call", made.name, *place, made.args, made.kwargs, "layer", args, kwargs, node)
    return None


def note_left_out(
    ev: Evaluator,
    form: Form,
    bound: Bound,
    args: Sequence[object],
    kwargs: Mapping[str, object],
    node: ast.AST,
    frame: Frame,
) -> None:
    """What a form of one's own leaves out is said: nothing is dropped without a word."""
    for slot in (*form.args, *form.apply):
        where = bound.given.get(slot.key)
        if not isinstance(slot.value, Ignored) or where is None:
            continue
        given = kwargs.get(where) if isinstance(where, str) else args[where]
        if given is not None:
            name = where if isinstance(where, str) else f"argument {where + 1}"
            why = f"{name} of {form.name} is left out, as was decided"
            ev.note(frame, node, why, "map it to a parameter where it matters", "left-out", "info")
