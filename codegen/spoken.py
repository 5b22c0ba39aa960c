"""Layers without weights that a target has only as functions, and that are said where they are called.

`self.add = layers.Add()` and `self.add([x, y])` are `x + y`: no layer stands for them in PyTorch.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from pivot.network import Node


def said_where_called(nodes: Iterable[Node]) -> frozenset[int]:
    """The ids of the nodes of layers that may be said where they are called: all calls of what is made at one place
    stand in the text as `self.name(...)`, `Layer()(...)` or `function(...)`, none is made by a container.
    """
    groups: dict[int, list[Node]] = {}
    for node in nodes:
        if node.module is not None and node.module.site is not None:
            groups.setdefault(id(node.module.site), []).append(node)
    return frozenset(id(node) for group in groups.values() if all(map(is_plain, group)) for node in group)


def is_plain(node: Node) -> bool:
    """Is a layer without weights called by its attribute, or made and called at once?"""
    site, module = node.site, node.module
    if not isinstance(site, ast.Call) or "container_index" in site.__dict__ or node.weights or module is None:
        return False
    if module.site is not None and module.site.__dict__.get("container_site") is site:
        return True  # `add([x, y])`
    func = site.func
    on_self = isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "self"
    return on_self or func is module.site
