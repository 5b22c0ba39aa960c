"""Classes of layers of which the reading never made an object and of which it entered no method.

Nothing is known of their layers, so the target has none of them. What only an option would reach that the converted
configuration does not choose says so where it is reached; what names such a class in passing goes, if nothing else
hands the class out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeGuard

from codegen.writing import nodes
from codegen.writing.references import FRAMEWORK_ROOTS
from pivot.problems import Problem
from pivot.reading import lookup
from pivot.reading.values import ClassObject
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions
    from codegen.writing.naming import Key
    from codegen.writing.writer import Writer

NOWHERE = ("", "")
"""Stands for the definition where what is written goes into none."""
NOTED = "unmade"  # on a `raise`: the place and the classes that it stands for
TYPE_TESTS = ("isinstance", "issubclass")


class Unmade:
    """Which classes were never made, and what was left out of the target for that."""

    def __init__(self, writer: Writer) -> None:
        self.w = writer
        self.current: Key = NOWHERE  # the definition that is being written
        self.passing: dict[Key, dict[Key, None]] = {}  # by class: definitions that leave out what names it in passing
        self.spared: set[Key] = set()  # classes that stay named: something hands them out
        self.arms: dict[Key, dict[int, tuple[int, list[str]]]] = {}  # by definition and arm: its line, and classes
        self.tables: dict[Key, Problem] = {}

    @cached_property
    def made(self) -> set[int]:
        """Classes (ids) of which the network has an instance, with their bases."""
        return {id(c) for m in self.w.ev.modules if isinstance(m.cls, ClassObject) for c in m.cls.mro()}

    @cached_property
    def entered(self) -> set[int]:
        """Those, and classes of which a method was entered, on trial at least, with their bases."""
        found = set(self.made)
        for scope in self.w.ev.scopes.values():
            for value in scope.names.values():
                cls = value.hint
                if isinstance(cls, ClassObject) and any(self.w.trace.frames.get(id(s)) for s in cls.node.body):
                    found |= {id(c) for c in cls.mro()}
        return found

    def is_empty(self, cls: ClassObject) -> bool:
        """Would a class of layers have nothing in the target of what it does?"""
        if id(cls) in self.entered or not self.w.ev.dialect.is_module_class(cls):
            return False
        own = (c for c in cls.mro() if isinstance(c, ClassObject) and id(c) not in self.entered)
        return any(isinstance(s, ast.FunctionDef) for c in own for s in c.node.body)

    def named(self, node: ast.AST, file: str, locals_: set[str]) -> ClassObject | None:
        """The empty class that a name stands for."""
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load) or node.id in locals_:
            return None
        scope = self.w.scope_of(file)
        found = lookup.in_module(self.w.ev, scope, node.id) if scope is not None else None
        cls = found.hint if found is not None else None
        return cls if isinstance(cls, ClassObject) and self.is_empty(cls) else None

    def names(self, parts: Iterator[ast.AST], e: Expressions) -> list[str]:
        """The empty classes that some nodes name."""
        found = (self.named(node, e.file, e.locals) for node in parts)
        return list(dict.fromkeys(cls.name for cls in found if cls is not None))

    # -- arms that nobody took ---------------------------------------------------------------------

    def names_in_arm(self, body: Sequence[ast.stmt], e: Expressions) -> list[str]:
        """The empty classes that an arm leads to, whichever way it goes on."""
        return self.names((part for statement in body for part in straight(statement)), e)

    def stop(self, file: str, at: ast.stmt, names: list[str]) -> ast.stmt:
        """What stands for such an arm: it says what is missing."""
        self.note(at, names)
        return stopping(self.w.short(file), at.lineno, names)

    def note(self, at: ast.stmt | ast.expr, names: list[str]) -> None:
        """Remember an arm that is left out."""
        self.arms.setdefault(self.current, {})[id(at)] = (at.lineno, names)

    def left_arm(self, e: Expressions, node: ast.IfExp) -> tuple[bool, list[str]] | None:
        """Which arm of `a if test else b` is left out, if one is, and the classes that it names."""
        met = {b.taken for b in self.w.trace.branches.get(id(node), []) if not b.speculative}
        for arm, answer in ((node.body, True), (node.orelse, False)):
            names = self.names(straight(arm), e) if answer not in met else []
            if names:
                return answer, names
        return None

    def asks_library(self, test: ast.expr, e: Expressions) -> bool:
        """Is a test, or what the flag that it names is set to, a question to the source's library, and nothing else?"""
        scope = self.w.scope_of(e.file)
        parts = [test]
        if isinstance(test, ast.Name) and test.id not in e.locals and scope is not None:
            set_by = scope.lazy.get(test.id, [])
            parts = [s.value for s in set_by if isinstance(s, ast.Assign)] if test.id not in e.w.ev.overrides else []
            if len(parts) != len(set_by):
                return False
        read = [n for p in parts for n in walk(p) if is_name(n)]
        if any(isinstance(n, ast.Name) and n.id in e.locals for n in read):
            return False
        apis = (self.w.static_api(n, e.file, e.locals) for n in read)
        return any(api is not None and api.root in FRAMEWORK_ROOTS for api in apis)

    # -- what names a class in passing -------------------------------------------------------------

    def passes(self, node: ast.AST, file: str, locals_: set[str]) -> bool:
        """May a mention go that hands the class to nobody? It is remembered, for where the class stays named."""
        cls = self.named(node, file, locals_)
        if cls is None or (cls.file, cls.name) in self.spared or not self.current[1]:
            return False
        self.passing.setdefault((cls.file, cls.name), {})[self.current] = None
        return True

    def type_test(self, e: Expressions, node: ast.Call) -> ast.expr | None:
        """`isinstance(x, Cls)` without the empty classes; None where there are none."""
        func = node.func
        if not isinstance(func, ast.Name) or func.id not in TYPE_TESTS or len(node.args) != 2 or func.id in e.locals:
            return None
        subject, asked = node.args
        every = asked.elts if isinstance(asked, ast.Tuple) else [asked]
        if not all(self.is_program_class(c, e) for c in every):
            return None  # what is asked about the library is answered in its own way
        kept = [c for c in every if not self.passes(c, e.file, e.locals)]
        if len(kept) == len(every) or not is_plain(subject):
            return None
        if not kept:
            return ast.Constant(False)
        left = kept[0] if len(kept) == 1 else ast.Tuple(kept, ast.Load())
        return ast.Call(e.expr(func), [e.expr(subject), e.expr(left)], [])

    def is_program_class(self, node: ast.expr, e: Expressions) -> bool:
        """Does a name stand for a class of the program?"""
        scope = self.w.scope_of(e.file)
        if not isinstance(node, ast.Name) or node.id in e.locals or scope is None:
            return False
        found = lookup.in_module(self.w.ev, scope, node.id)
        return found is not None and isinstance(found.hint, ClassObject)

    def comparison(self, e: Expressions, node: ast.Compare) -> ast.expr | None:
        """`block is Cls`, `block in (A, Cls)` without the empty classes; None where there are none."""
        if len(node.ops) != 1 or not is_plain(node.left):
            return None
        op, asked = node.ops[0], node.comparators[0]
        if isinstance(op, (ast.Is, ast.Eq, ast.IsNot, ast.NotEq)) and self.passes(asked, e.file, e.locals):
            return ast.Constant(isinstance(op, (ast.IsNot, ast.NotEq)))
        if isinstance(op, (ast.In, ast.NotIn)) and isinstance(asked, (ast.Tuple, ast.List, ast.Set)):
            kept = [c for c in asked.elts if not self.passes(c, e.file, e.locals)]
            if len(kept) == len(asked.elts):
                return None
            if not kept:
                return ast.Constant(isinstance(op, ast.NotIn))
            left = ast.Set(kept) if isinstance(asked, ast.Set) else type(asked)(kept, ast.Load())
            return ast.Compare(e.expr(node.left), node.ops, [e.expr(left)])
        return None

    def name_current(self, key: Key) -> None:
        """What was written before it had a name: the factory of the model."""
        self.arms[key] = self.arms.pop(self.current, {})

    def recalled(self, written: dict[Key, list[ast.stmt]]) -> list[Key]:
        """Definitions to be written anew, with the classes that the target has all the same."""
        found: dict[Key, None] = {}
        for cls in [key for key in self.passing if key in written]:
            self.spared.add(cls)
            found.update(self.passing.pop(cls))
        return [key for key in found if key in written]

    def tell(self, written: dict[Key, list[ast.stmt]]) -> None:
        """One line for each table and each definition of what was left out."""
        for problem in self.tables.values():
            self.w.refused(problem)
        for key, arms in self.arms.items():
            if arms and key in written:
                names = list(dict.fromkeys(name for _, named in arms.values() for name in named))
                some = f"{len(arms)} arms of {key[1]} are" if len(arms) > 1 else f"an arm of {key[1]} is"
                why = f"{some} left out: nothing that was read makes {listed(names)}"
                line = min(line for line, _ in arms.values())
                remedy = "convert a configuration that takes it to have it"
                self.w.refused(Problem("left-out", "info", key[0], line, 1, why, remedy))


def straight(node: ast.AST) -> Iterator[ast.AST]:
    """A statement or expression without what a condition inside of it chooses, type tests, and inner functions."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return
    if isinstance(node, (ast.If, ast.IfExp)):
        yield from straight(node.test)
        return
    if isinstance(node, ast.For):
        yield from straight(node.iter)
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TYPE_TESTS:
        return
    if isinstance(node, ast.AnnAssign):
        below: list[ast.AST] = [node.value] if node.value is not None else []
    elif isinstance(node, ast.Compare):
        below = [node.left]
    else:
        below = list(ast.iter_child_nodes(node))
    yield node
    for child in below:
        yield from straight(child)


def stopping(file: str, line: int, names: list[str]) -> ast.stmt:
    """`raise NotImplementedError("net.py:12: Cls is not converted")`."""
    made = ast.Raise(nodes.call("NotImplementedError", [ast.Constant(said(file, line, names))]), None)
    made.__dict__[NOTED] = (file, line, names)
    return made


def said(file: str, line: int, names: list[str]) -> str:
    """What an arm says that needs these classes."""
    return f"{file}:{line}: {listed(names)} {'is' if len(names) == 1 else 'are'} not converted"


def listed(names: list[str]) -> str:
    """`A`, `A and B`, `A, B, C and 14 more`."""
    if len(names) < 3:
        return " and ".join(names)
    return (
        f"{names[0]}, {names[1]} and {len(names) - 2} more"
        if len(names) > 3
        else f"{', '.join(names[:2])} and {names[2]}"
    )


def is_name(node: ast.AST) -> TypeGuard[ast.Name | ast.Attribute]:
    """A name or an attribute that is read."""
    return isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load)


def is_plain(node: ast.expr) -> bool:
    """Is an expression only looked up: has it no effect that would be missed?"""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return isinstance(node, (ast.Name, ast.Constant))


def refusing_constructor(w: Writer, cls: ClassObject) -> ast.stmt:
    """`__init__` of an empty class that something of the target still names."""
    spec = ast.arguments([], [ast.arg("self")], ast.arg("args"), [], [], ast.arg("kwargs"), [])
    made = ast.FunctionDef("__init__", spec, [stopping(w.short(cls.file), cls.node.lineno, [cls.name])], [], None, None)
    made.__dict__["blank"] = 1
    return made
