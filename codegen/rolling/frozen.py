"""Numbers that hang on a size which is only known when the model runs, as in `x + 3 / ops.shape(x)[1]`.

A model that is written from its network has the number of the configuration that was read in their place: it would be
right for that size alone.
"""

from __future__ import annotations

from codegen.rolling.groups import Group
from pivot.dims import Quotient, Size
from pivot.network import Node
from pivot.problems import refuse
from pivot.reading.trace import Trace, Visit
from pivot.reading.values import ListObject, Value


def refuse_frozen(trace: Trace, root: Group) -> None:
    """Look through the calls that are written from the network. Raises Refusal."""
    made = {id(v.made): v for visits in trace.visits.values() for v in visits if v.made is not None}
    for node in written_nodes(root):
        visit = made.get(id(node))
        if visit is not None and any(is_frozen(value) for value in given(visit)):
            at = node.site
            raise refuse(
                "unwritable",
                node.file,
                getattr(at, "lineno", 1),
                getattr(at, "col_offset", 0) + 1,
                "a number is computed from a size that is only known when the model runs, and would be frozen",
                "give keras.Input a fixed size, or write the model as a class derived from keras.Model",
            )


def written_nodes(group: Group) -> list[Node]:
    """The nodes that no class of the program stands for."""
    found: list[Node] = []
    for part in group.parts:
        if not isinstance(part, Group):
            found.append(part.node)
        elif part.module is None:
            found += written_nodes(part)
    return found


def given(visit: Visit) -> list[Value]:
    """What a call was given, the members of lists one by one."""
    found: list[Value] = []
    todo: list[object] = [*visit.args, *visit.kwargs.values()]
    while todo:
        value = todo.pop()
        hint = value.hint if isinstance(value, Value) else value
        if isinstance(hint, (tuple, ListObject)):
            todo += hint.items if isinstance(hint, ListObject) else hint
        elif isinstance(value, Value):
            found.append(value)
    return found


def is_frozen(value: Value) -> bool:
    """Is this a plain number that was computed from an open size?"""
    if isinstance(value.hint, Quotient):
        return True
    if not isinstance(value.hint, (int, float)) or isinstance(value.hint, bool):
        return False
    seen: set[int] = set()
    todo = [value]
    while todo:
        at = todo.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        if isinstance(at.hint, (Size, Quotient)):
            return True
        if at.origin is not None and at.depends:
            todo += at.origin.sources
    return False
