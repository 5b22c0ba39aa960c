"""Tables of a program from which the model takes one row: `encoders = {"resnet18": {"encoder": ResNetEncoder}, ...}`.

A class that was never made on the configuration that was read has no layers in the target. A row that leads to one
would end somewhere inside of a class without content; left out, it ends where the program itself says that there is no
such row. A row stays where anything else could follow, and so does an element of a collection that is not only asked
whether it has a class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from codegen.writing import nodes, table_uses
from codegen.writing.table_uses import Path
from pivot.problems import Problem
from pivot.reading import lookup
from pivot.reading.values import ClassObject, DictObject, InstanceObject, ListObject
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from codegen.writing.writer import Writer
    from pivot.reading.frames import Scope


class Table(NamedTuple):
    """A dict that one statement at the top level of a file spells; a key that is no literal is None."""

    scope: Scope
    name: str
    rows: list[tuple[ast.expr | None, ast.expr]]


class Use(NamedTuple):
    """A mention of a module-level name in what was read."""

    scope: Scope
    path: Path


REFUSED, IN_PASSING, AN_ERROR = 0, 1, 2
"""May a row go? Not; if nothing else hands its class out; yes, whoever asks for it gets an error."""


class Tables:
    """Tables at the top level of files, without the rows of classes that were never made."""

    def __init__(self, writer: Writer) -> None:
        self.w = writer
        self.answers: dict[tuple[int, object], int] = {}
        self.emptied: dict[int, Table | None] = {}

    def without_unmade(self, node: ast.stmt, name: str, scope: Scope) -> ast.stmt | None:
        """A statement of the top level as it is to be written; None for one that would do nothing."""
        added = updated_with(node)
        if added is not None:
            emptied = self.emptied_table(added, scope)
            if emptied is None:
                return node
            self.tell(node, scope, emptied.name, "rows", len(emptied.rows), 0)
            return None
        table = self.table(node, name, scope)
        if table is None:
            return self.collection(node, name, scope)
        kept = [(key, value) for key, value in table.rows if not self.goes(table, key, value)]
        if len(kept) == len(table.rows):
            return node
        self.tell(node, scope, name, "rows", len(table.rows), len(kept))
        left: ast.expr = ast.Dict([key for key, _ in kept], [value for _, value in kept])
        if isinstance(node.value, ast.Call):  # type: ignore[attr-defined]
            words = [k for k in node.value.keywords if any(k.value is value for _, value in kept)]  # type: ignore[attr-defined]
            left = nodes.like(ast.Call(node.value.func, [], words), node.value)  # type: ignore[attr-defined]
        return nodes.like(ast.Assign([ast.Name(name, ast.Store())], left), node)

    def collection(self, node: ast.stmt, name: str, scope: Scope) -> ast.stmt:
        """`NORMS = {A, B}`, of which is only asked whether it has a class, without those that nobody hands out."""
        value = assigned(node, name)
        known = scope.names.get(name)
        if not isinstance(value, (ast.Set, ast.Tuple, ast.List)) or known is None:
            return node
        if not all(table_uses.only_asked_for(use.path) for use in self.uses(known.hint)):
            return node
        kept = [one for one in value.elts if not self.w.unmade.passes(one, scope.file, set())]
        if len(kept) == len(value.elts) or not kept:
            return node
        self.tell(node, scope, name, "elements", len(value.elts), len(kept))
        left = ast.Set(kept) if isinstance(value, ast.Set) else type(value)(kept, ast.Load())
        return nodes.like(ast.Assign([ast.Name(name, ast.Store())], nodes.like(left, value)), node)

    # -- rows ------------------------------------------------------------------------------------------

    def table(self, node: ast.stmt, name: str, scope: Scope) -> Table | None:
        """The table that an assignment to one name spells, where the name still stands for it."""
        value, found = assigned(node, name), scope.names.get(name)
        if found is None or not isinstance(found.hint, DictObject):
            return None
        if isinstance(value, ast.Dict):
            return Table(scope, name, list(zip(value.keys, value.values, strict=True)))
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict":
            if not value.args and "dict" not in scope.lazy:
                words = [(ast.Constant(k.arg) if k.arg is not None else None, k.value) for k in value.keywords]
                return Table(scope, name, list(words))
        return None

    def goes(self, table: Table, key: ast.expr | None, value: ast.expr) -> bool:
        """Is a row left out?"""
        known = table.scope.names[table.name].hint
        if key is None or not self.leads_to_unmade(value, table.scope):
            return False
        said = key.value if isinstance(key, ast.Constant) else key
        answer = self.may_go(known, said)
        if answer != IN_PASSING:
            return answer == AN_ERROR
        named = (n for n in chosen(self.w, value) if self.is_unmade(n, table.scope))
        passed = [self.w.unmade.passes(n, table.scope.file, set()) for n in named]  # all are asked: they are remembered
        return all(passed)

    def leads_to_unmade(self, value: ast.expr, scope: Scope) -> bool:
        """Does a row name a class of layers of which the network has no instance?"""
        return any(self.is_unmade(node, scope) for node in chosen(self.w, value))

    def is_unmade(self, node: ast.AST, scope: Scope) -> bool:
        """Does a name stand for such a class?"""
        found = lookup.in_module(self.w.ev, scope, node.id) if isinstance(node, ast.Name) else None
        cls = found.hint if found is not None else None
        made = self.w.unmade.made
        return isinstance(cls, ClassObject) and self.w.ev.dialect.is_module_class(cls) and id(cls) not in made

    # -- what is done with a table ---------------------------------------------------------------------

    def may_go(self, table: object, key: object) -> int:
        """What follows for whoever asks a table for a key, if the row is not there."""
        place = (id(table), key)
        if place not in self.answers:
            self.answers[place] = AN_ERROR  # of tables that are put into each other the rest decides
            answers = [self.follows(use, key) for use in self.uses(table)]
            self.answers[place] = REFUSED if was_asked(table, key) else min(answers, default=AN_ERROR)
        return self.answers[place]

    def follows(self, use: Use, key: object) -> int:
        """The same, of one mention."""

        def lacks(name: str, key: object) -> bool:
            return self.lacks(use.scope, name, key)

        if table_uses.ends_in_error(use.path, key, lacks):
            return AN_ERROR
        into = table_uses.receiver_of_update(use.path)
        other = lookup.in_module(self.w.ev, use.scope, into) if into else None
        if other is not None:
            return self.may_go(other.hint, key)
        gathered = table_uses.gathered_into(use.path)
        known = use.scope.names.get(gathered)
        if known is not None and gathered:
            return IN_PASSING if all(table_uses.only_asked_for(u.path) for u in self.uses(known.hint)) else REFUSED
        maker, made = table_uses.handed_to(use.path)
        cls, known = use.scope.names.get(maker), use.scope.names.get(made)
        if cls is not None and known is not None and only_looks_up(cls.hint):
            return self.may_go(known.hint, key)
        return REFUSED

    def lacks(self, scope: Scope, name: str, key: object) -> bool:
        """Will the table of this name have no such row?"""
        found = lookup.in_module(self.w.ev, scope, name)
        if found is None or not isinstance(found.hint, DictObject) or isinstance(key, ast.expr):
            return False
        if key not in found.hint.entries:
            return True
        table = self.spelled(found.hint)
        rows = table.rows if table is not None else []
        mine = [(k, v) for k, v in rows if isinstance(k, ast.Constant) and k.value == key]
        if table is None or len(mine) != 1 or not self.leads_to_unmade(mine[0][1], table.scope):
            return False
        return self.may_go(found.hint, key) == AN_ERROR

    def spelled(self, known: object) -> Table | None:
        """The only statement of the program that says what stands in a table."""
        tables = [
            (table, home.lazy[own])
            for home in list(self.w.ev.scopes.values())
            for own, value in list(home.names.items())
            if value.hint is known
            for statement in home.lazy.get(own, [])
            if (table := self.table(statement, own, home)) is not None
        ]
        return tables[0][0] if len(tables) == 1 and len(tables[0][1]) == 1 else None

    def emptied_table(self, name: str, scope: Scope) -> Table | None:
        """The table of this name, wherever it is defined, if nothing is left of it."""
        found = lookup.in_module(self.w.ev, scope, name)
        if found is None or not isinstance(found.hint, DictObject):
            return None
        key = id(found.hint)
        if key not in self.emptied:
            one = self.spelled(found.hint)
            gone = one is not None and bool(one.rows) and all(self.goes(one, k, value) for k, value in one.rows)
            self.emptied[key] = one if gone else None
        return self.emptied[key]

    def uses(self, known: object) -> list[Use]:
        """Where a module-level object is read under any of its names."""
        names = {name for scope in self.w.ev.scopes.values() for name, v in scope.names.items() if v.hint is known}
        found = [use for name in sorted(names) for use in self.index.get(name, [])]
        return [use for use in found if self.is_meant(use, known)]

    def is_meant(self, use: Use, known: object) -> bool:
        """Is a mention one of this object, and not of another one of that name?"""
        at = use.path[-1]
        if isinstance(at, ast.Name):
            value = use.scope.names.get(at.id)
            return value is None or value.hint is known
        return True

    @cached_property
    def index(self) -> dict[str, list[Use]]:
        """Mentions by name, of the names of dicts and lists at the top level of files."""
        scopes = list(self.w.ev.scopes.values())
        kinds = (DictObject, ListObject, InstanceObject, tuple)
        names = {n for scope in scopes for n, v in scope.names.items() if isinstance(v.hint, kinds)}
        found: dict[str, list[Use]] = {}
        for scope in scopes:
            for part in self.read(scope):
                for path in table_uses.mentions(part, names):
                    at = path[-1]
                    name = at.id if isinstance(at, ast.Name) else at.attr  # type: ignore[attr-defined]
                    found.setdefault(name, []).append(Use(scope, path))
        return found

    def read(self, scope: Scope) -> Iterator[ast.AST]:
        """Statements of a file's top level that were executed, and the functions and methods that were entered."""
        trace = self.w.trace
        for statement in {id(s): s for statements in scope.lazy.values() for s in statements}.values():
            parts = statement.body if isinstance(statement, ast.ClassDef) else [statement]
            for part in parts:
                is_function = isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))
                if trace.frames.get(id(part)) if is_function else id(part) in trace.executed:
                    yield part

    def tell(self, node: ast.stmt, scope: Scope, name: str, kind: str, every: int, left: int) -> None:
        """How many rows a table lacks, at a statement of this file."""
        why = f"{every - left} of {every} {kind} of {name} are left out: nothing that was read makes their classes"
        problem = Problem("left-out", "info", scope.file, node.lineno, 1, why, "convert with one of them to have it")
        self.w.unmade.tables[scope.file, f"{name}@{node.lineno}"] = problem


def assigned(node: ast.stmt, name: str) -> ast.expr | None:
    """The value of `name = value`."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign)):
        return None
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return node.value if [n.id for n in targets if isinstance(n, ast.Name)] == [name] else None


def was_asked(table: object, key: object) -> bool:
    """Was the row of a key taken while the program was read, though no layer was made of it?"""
    held = table.data.hint if isinstance(table, InstanceObject) and table.data is not None else table
    return isinstance(held, DictObject) and key in held.asked


def chosen(w: Writer, value: ast.expr) -> Iterator[ast.AST]:
    """The parts of a row, of `A if flag else B` those that were taken."""
    if isinstance(value, ast.IfExp):
        met = {b.taken for b in w.trace.branches.get(id(value), []) if not b.speculative}
        for arm, answer in ((value.body, True), (value.orelse, False)):
            if not met or answer in met:
                yield from chosen(w, arm)
        return
    yield from walk(value)


def only_looks_up(cls: object) -> bool:
    """Does a class that derives from a dict only say what `table[key]` gives?"""
    if not isinstance(cls, ClassObject):
        return False
    functions = [s for s in cls.node.body if isinstance(s, ast.FunctionDef)]
    own = [n for f in functions for n in walk(f) if isinstance(n, ast.Name) and n.id == "self"]
    return [f.name for f in functions] == ["__getitem__"] and not own


def updated_with(node: ast.stmt) -> str | None:
    """`table` of the statement `every.update(table)`."""
    if not isinstance(node, ast.Expr) or not table_uses.is_update(node.value):
        return None
    argument = node.value.args[0]  # type: ignore[attr-defined]
    return argument.id if isinstance(argument, ast.Name) else None
