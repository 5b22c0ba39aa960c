"""Which nodes a program has whatever it is made with: no argument chose their operation, and no condition met them."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from pivot.network import Node
from pivot.reading.frames import Frame, Scope
from pivot.reading.trace import Trace


class Certain:
    """Facts of nodes that hold for every configuration of a program, as far as its text tells."""

    def __init__(self, trace: Trace) -> None:
        # Conditions by frame, each once: in a loop over all modules, one is met hundreds of times.
        self.branches: defaultdict[int, dict[int, ast.AST]] = defaultdict(dict)
        for found in trace.branches.values():
            for branch in found:
                self.branches[id(branch.frame)][id(branch.node)] = branch.node
        self.arms: dict[int, tuple[frozenset[int], bool]] = {}

    def has(self, node: Node) -> bool:
        """Is a node there, with this operation, whatever the program's constructors and functions are given?"""
        module = node.module
        if module is None or module.site is None or module.frame is None:
            named = node.form is not None and node.form.spelling == "method"
            return (named or is_named(node.site, node.frame.scope)) and self.is_met(node.site, node.frame)
        own = node.owner is None or any(made_for(frame) is node.owner for frame in module.frame.chain())
        met = self.is_met(node.site, node.frame) and self.is_met(module.site, module.frame)
        return own and met and is_named(module.site, module.frame.scope)

    def is_met(self, site: ast.AST, frame: Frame) -> bool:
        """Does no condition decide whether a site is evaluated, here or where its functions are called from?"""
        return not any(self.is_conditional(at, one) for at, one in calls(site, frame))

    def is_conditional(self, site: ast.AST, frame: Frame) -> bool:
        """Is a site in the arm of a condition, or in a function that a condition may leave?"""
        for node in self.branches[id(frame)].values():
            inside, leaves = self.arms_of(node)
            if leaves or id(site) in inside:
                return True
        return False

    def arms_of(self, node: ast.AST) -> tuple[frozenset[int], bool]:
        """What stands in the arms of a condition, and whether one of them ends the function or a round of a loop."""
        if id(node) not in self.arms:
            arms = [getattr(node, name, []) for name in ("body", "orelse")]
            held = [
                part for arm in arms for root in (arm if isinstance(arm, list) else [arm]) for part in ast.walk(root)
            ]
            leaves = any(isinstance(part, (ast.Return, ast.Break, ast.Continue)) for part in held)
            self.arms[id(node)] = frozenset(map(id, held)), leaves
        return self.arms[id(node)]


def calls(site: ast.AST, frame: Frame) -> Iterator[tuple[ast.AST, Frame]]:
    """A site in its frame, and the calls that lead there from outside."""
    at: ast.AST | None = site
    for one in frame.chain():
        if at is not None:
            yield at.__dict__.get("container_site", at), one
        at = one.site


def made_for(frame: Frame) -> object:
    """The module whose method a frame runs."""
    return frame.receiver.hint if frame.receiver is not None else None


def is_named(site: ast.AST, scope: Scope) -> bool:
    """Does a call name what it calls by an import or a definition of its file, and not by a value that it was given?"""
    if not isinstance(site, ast.Call):
        return not isinstance(site, ast.Name)
    root = site.func
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name):
        return False
    at = scope
    while at.parent is not None:
        if root.id in at.names:
            return False
        at = at.parent
    return True
