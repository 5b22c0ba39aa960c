"""What of the network a text of a class stands for: the nodes of a statement, the layers of a constructor's line.

A class is written once for all its calls, and its texts are copied and put into each other on the way; what they stand
for goes along.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from codegen.rolling.groups import Group, Leaf
from pivot.network import Node
from pivot.reading.modules import ModuleObject

KEY = "stands_for"


@dataclass(frozen=True, slots=True, eq=False)
class StandsFor:
    """Nodes that a text computes, or modules that it makes."""

    nodes: tuple[Node, ...] = ()
    modules: tuple[ModuleObject, ...] = ()

    def __deepcopy__(self, memo: dict[int, object]) -> StandsFor:
        return self  # of a text that is copied, the network is not


def mark_nodes(text: ast.expr, parts: Iterable[Leaf | Group]) -> None:
    """Say which nodes an expression computes, at all calls of its class; those inside of a call have their own text."""
    text.__dict__[KEY] = StandsFor(nodes=tuple(part.node for part in parts if isinstance(part, Leaf)))


def mark_modules(text: ast.expr, modules: Iterable[ModuleObject | None]) -> None:
    """Say which layers an expression makes, at all calls of its class."""
    text.__dict__[KEY] = StandsFor(modules=tuple(module for module in modules if module is not None))


def stands_for(node: ast.AST) -> StandsFor | None:
    """What was said of a text."""
    found = node.__dict__.get(KEY)
    return found if isinstance(found, StandsFor) else None
