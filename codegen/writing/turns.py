"""Sizes that differ from turn to turn of a loop, and that no name of it says: they are counted off.

in_channels = iter([16, 64, 64])
for width in widths:
    self.blocks.append(Block(next(in_channels), width))
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.loops import by_frame, text_around
from pivot.problems import Problem

if TYPE_CHECKING:
    from codegen.writing.inferring import Inferred, Place, Use
    from pivot.reading.elaborate import Elaborated
    from pivot.reading.frames import Frame, Scope


def counted_off(place: Place, sizes: Inferred, done: Elaborated) -> ast.expr | None:
    """The next size of a row that is written in front of the loop; None where a caller can say one size for all turns,
    or where calls of the function would need different rows.
    """
    frames = by_frame(place.uses)
    if frames[0][0].frame.function is not None:
        calls: dict[int, list[Use]] = {}  # a comprehension in another one has frames of its own
        for uses in frames:
            calls.setdefault(id(scope_of_call(uses[0].frame)), []).extend(uses)
        frames = list(calls.values())
    if all(len({use.value for use in uses}) == 1 for uses in frames) and frames[0][0].frame.function is not None:
        return None
    rows: set[tuple[int, ...]] = set()
    for uses in frames:
        within = {id(use.frame) for use in uses}
        made = [m for m in sizes.modules.get(id(place.node), []) if id(m.frame) in within]
        known = {id(use.module): use.value for use in uses}
        if len(made) != len(known) or any(id(module) not in known for module in made):
            return None  # of a layer that is made and never called, no size is known
        rows.add(tuple(known[id(module)] for module in made))
    around = text_around(place.uses[0].frame, sizes)
    body = getattr(around, "body", [])
    outer = next((s for s in body if any(n is place.node for n in ast.walk(s))), None)
    if len(rows) != 1 or outer is None or isinstance(outer, (ast.FunctionDef, ast.ClassDef)):
        return None
    bound = {n.id for n in ast.walk(around) if isinstance(n, ast.Name)}
    bound |= {n.arg for n in ast.walk(around) if isinstance(n, ast.arg)}
    begun = sizes.loops.begun.setdefault(id(outer), [])
    bound |= {name for name, _ in begun}
    name = next(n for n in (place.name, *(f"{place.name}_{i}" for i in range(2, 99))) if n not in bound)
    begun.append((name, nodes.call("iter", [nodes.literal(list(rows.pop()))])))
    tell(place, done)
    return nodes.call("next", [ast.Name(name, ast.Load())])


def scope_of_call(frame: Frame) -> Scope:
    """The names of the call of a function that a frame belongs to, which may be that of a comprehension in it."""
    scope = frame.scope
    while scope.function is not None and scope.parent is not None and scope.parent.function is scope.function:
        scope = scope.parent
    return scope


def tell(place: Place, done: Elaborated) -> None:
    """Say that the sizes are those of this configuration."""
    why = f"{place.name} is another one in each turn of this loop: the sizes of this configuration are written"
    file, node = place.uses[0].frame.file, place.node
    problem = Problem(
        "inferred-size", "warning", file, node.lineno, node.col_offset + 1, why,
        "carry the size from turn to turn where it is to follow other arguments",
    )  # fmt: skip
    done.network.problems = (*done.network.problems, problem)
