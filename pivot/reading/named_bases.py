"""`nn.Module.__init__(self)` is read as `super().__init__()`: the older way to call a base that a library provides.

It is the same call where the class names that base first and no other class of the file puts the class beside a
sibling, in whose favour `super()` would decide.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from pivot.reading.walking import statements

_GAP = r"(?:\s|\\\n|#[^\n]*\n)*"
_CALLED = re.compile(rf"\.{_GAP}\w+{_GAP}\({_GAP}(\w+)")  # the first argument of a call that could be one
_METHOD = re.compile(rf"^[ \t]+(?:async[ \t]+)?def[ \t]+\w+{_GAP}\({_GAP}(\w+)", re.MULTILINE)
LIBRARIES = frozenset(("torch", "keras", "tensorflow"))


Bases = tuple[frozenset[str], frozenset[str]]
"""The names that stand for libraries, and the classes that others put beside a sibling."""


def supers_for_named_bases(text: str, tree: ast.Module) -> ast.Module:
    """The tree, changed in place; a text that never spells such a call is not walked."""
    if "(self" in text and not set(_METHOD.findall(text)).isdisjoint(_CALLED.findall(text)):
        say_supers(tree, bases_of(tree.body))
    return tree


def bases_of(body: list[ast.stmt]) -> Bases:
    """What of some statements decides about their file."""
    found = statements(ast.Module(body, []))
    classes = [s for s in found if isinstance(s, ast.ClassDef) and len(s.bases) > 1]
    beside = {base.id for c in classes for base in c.bases if isinstance(base, ast.Name)}
    return frozenset(bound_to_libraries(found)), frozenset(beside)


def say_supers(tree: ast.Module, bases: Bases) -> None:
    """Change all such calls in a tree; `bases` are those of the whole file."""
    libraries, beside = bases
    for cls in statements(tree):
        if not isinstance(cls, ast.ClassDef) or not cls.bases or cls.name in beside:
            continue
        if root(cls.bases[0]) in libraries:
            base = ast.dump(cls.bases[0])
            for method in cls.body:
                if isinstance(method, ast.FunctionDef) and method.args.args:
                    for call in calls_of(method, base, method.args.args[0].arg):
                        say_super(call)


def bound_to_libraries(found: list[ast.stmt]) -> set[str]:
    """The names that imports of the frameworks bind."""
    names: set[str] = set()
    for statement in found:
        if isinstance(statement, ast.Import):
            names |= {
                a.asname or a.name.partition(".")[0] for a in statement.names if a.name.partition(".")[0] in LIBRARIES
            }
        elif isinstance(statement, ast.ImportFrom) and (statement.module or "").partition(".")[0] in LIBRARIES:
            names |= {a.asname or a.name for a in statement.names}
    return names


def root(node: ast.expr) -> str:
    """`nn` of `nn.Module`; empty where it is no dotted name."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def calls_of(method: ast.FunctionDef, base: str, receiver: str) -> Iterator[ast.Call]:
    """The calls `Base.name(receiver, ...)` in a method, not those in functions inside it."""
    todo: list[ast.AST] = list(method.body)
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            first = node.args[0]
            if isinstance(first, ast.Name) and first.id == receiver and ast.dump(node.func.value) == base:
                yield node
        todo += ast.iter_child_nodes(node)


def say_super(call: ast.Call) -> None:
    """`Base.name(self, a)` becomes `super().name(a)`, at the same place of the file."""
    assert isinstance(call.func, ast.Attribute)
    old = call.func.value
    called = ast.copy_location(ast.Name("super", ast.Load()), old)
    call.func.value = ast.copy_location(ast.Call(called, [], []), old)
    del call.args[0]
