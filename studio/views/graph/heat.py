"""Errors of a verification on the graph: how hot a node or a closed group is. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.layout.tree import ROOT, Tree


@dataclass(frozen=True, slots=True)
class Heat:
    """`part` is the error on a logarithmic scale from 0 to 1, `fits` whether it passes, `text` the error itself."""

    part: float
    fits: bool
    text: str


def with_groups(nodes: Mapping[str, Heat], tree: Tree) -> dict[str, Heat]:
    """The heat of nodes, and of every group around them the largest of its nodes."""
    found = dict(nodes)
    for name, heat in nodes.items():
        home = tree.home.get(name, ROOT)
        for group in (home, *tree.ancestors(home)):
            before = found.get(group)
            if before is None or (not heat.fits, heat.part) > (not before.fits, before.part):
                found[group] = heat
    return found
