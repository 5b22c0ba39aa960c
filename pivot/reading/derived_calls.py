"""What the calls of a class give to its constructor, as far as the texts of the program say."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pivot.reading.walking import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pivot.reading.evaluator import Evaluator

DEPTH = 8
"""Classes that derive from one another in a row."""


@dataclass(slots=True)
class Given:
    """How many arguments by place each call gives, and which names; `open`: others may call the class, too."""

    counts: list[int] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    open: bool = False

    def add(self, other: Given) -> None:
        """What else is given."""
        self.counts += other.counts
        self.names.update(other.names)
        self.open = self.open or other.open


def of(ev: Evaluator, cls: ast.ClassDef, depth: int = 0) -> Given:
    """What is given to a class: by its calls, and by the classes that derive from it."""
    found = Given()
    trees = [tree for tree in ev.trace.keep if isinstance(tree, ast.Module)]
    nodes = [n for tree in trees for n in walk(tree)]
    named = {id(n) for n in nodes if isinstance(n, (ast.Name, ast.Attribute)) and last(n) == cls.name}
    named -= {id(n) for n in nodes if isinstance(n, (ast.Name, ast.Attribute)) and not isinstance(n.ctx, ast.Load)}
    for node in nodes:
        if isinstance(node, ast.Call) and id(node.func) in named:
            named.discard(id(node.func))
            found.add(of_call(node))
        elif isinstance(node, ast.Call) and last(node.func) in ("super", "isinstance"):
            named -= {id(a) for a in node.args}
        elif isinstance(node, ast.ClassDef):
            below = [b for b in node.bases if id(b) in named]
            named -= {id(b) for b in below}
            if below and node is not cls and depth < DEPTH:
                found.add(of_subclass(ev, node, depth + 1))
        elif isinstance(node, ast.Dict):  # custom_objects={"Conv": Conv}
            named -= {id(v) for k, v in zip(node.keys, node.values, strict=True) if is_text(k, cls.name)}
    if named:  # it is handed about
        found.open = True
        found.names.update({k.arg: None for n in nodes if isinstance(n, ast.Call) for k in n.keywords if k.arg})
    return found


def of_subclass(ev: Evaluator, cls: ast.ClassDef, depth: int) -> Given:
    """What a class that derives from another hands up to its constructor."""
    init = next((s for s in cls.body if isinstance(s, ast.FunctionDef) and s.name == "__init__"), None)
    inner = of(ev, cls, depth)
    if init is None:
        return inner
    found = Given()
    own = {a.arg for a in (*init.args.args, *init.args.kwonlyargs)}
    for call in super_calls(init, "__init__"):
        plain = ast.Call(call.func, [a for a in call.args if not isinstance(a, ast.Starred)], call.keywords)
        found.add(of_call(plain))
        if any(isinstance(a, ast.Starred) for a in call.args):
            more = max([0, *inner.counts]) - (len(init.args.args) - 1)
            found.counts = [count + max(more, 0) for count in found.counts]
        if any(k.arg is None for k in call.keywords):
            found.names.update({name: None for name in inner.names if name not in own})
            found.open = inner.open
    return found


def of_call(call: ast.Call) -> Given:
    """What one call gives."""
    starred = any(isinstance(a, ast.Starred) for a in call.args)
    return Given([len(call.args)], {k.arg: None for k in call.keywords if k.arg is not None}, starred)


def super_calls(function: ast.AST, *names: str) -> Iterator[ast.Call]:
    """The calls `super().name(...)` in a method."""
    for node in ast.walk(function):
        func = node.func if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and isinstance(func, ast.Attribute) and func.attr in names:
            owner = func.value
            if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super":
                yield node


def last(node: ast.AST) -> str:
    """`Conv` of `Conv` and of `blocks.Conv`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def is_text(node: ast.expr | None, text: str) -> bool:
    """Is an expression this text?"""
    return isinstance(node, ast.Constant) and node.value == text
