"""A comment above several statements outlives the first of them, where that only made a name for the others.

# positions of all pairs                # positions of all pairs
area = h * w                        =   index = ops.zeros((h * w, h * w))
index = torch.zeros(area, area)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pivot.reading.walking import walk


def hand_on(body: list[ast.stmt], place: int) -> None:
    """Give the comments above a statement that goes to the next one, which says in another way what it was made for.

    Only where at least two lines follow without a gap, and one of them asks in the source for what goes: a comment on
    one line and the next may be about the first alone.
    """
    gone, source = body[place], body[place].__dict__.get("source")
    told = [line for line in gone.__dict__.get("before", ()) if line]
    if not told or not isinstance(source, ast.Assign) or place + 1 == len(body):
        return
    heir, below, names = body[place + 1], list(paragraph(body, place)), bound_by(source)
    if heir.__dict__.get("before") or len(below) < 2 or not any(asks(s, names) for s in below):
        return
    for name in ("before", "blank"):
        if name in gone.__dict__:
            heir.__dict__[name] = gone.__dict__[name]


def paragraph(body: list[ast.stmt], place: int) -> Iterator[ast.stmt]:
    """The source's statements behind one, as far as each stands right below the one before it and is written."""
    last = body[place].__dict__["source"]
    for statement in body[place + 1 :]:
        source = statement.__dict__.get("source")
        if not isinstance(source, ast.stmt) or source.lineno != (last.end_lineno or last.lineno) + 1:
            return
        yield source
        last = source


def bound_by(node: ast.Assign) -> set[str]:
    """The names that an assignment binds."""
    return {n.id for target in node.targets for n in walk(target) if isinstance(n, ast.Name)}


def asks(node: ast.stmt, names: set[str]) -> bool:
    """Does a statement read one of some names?"""
    return any(isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.id in names for n in walk(node))
