"""Tables of a program from which the model takes one row: `encoders = {"resnet18": {"encoder": ResNetEncoder}, ...}`.

A class that was never made on the configuration that was read has no layers in the target. A row that leads to one
would end somewhere inside of a class without content; left out, it ends where the program itself says that there is no
such row.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from codegen.writing import nodes
from pivot.problems import Problem
from pivot.reading import lookup
from pivot.reading.values import ClassObject, DictObject
from pivot.reading.walking import names_in, walk

if TYPE_CHECKING:
    from codegen.writing.writer import Writer
    from pivot.reading.frames import Scope

KEYED = ("get", "keys", "update")
"""Methods of a dict that do not hand out all of its values."""


class Table(NamedTuple):
    """A dict that one statement at the top level of a file spells."""

    scope: Scope
    name: str
    rows: list[tuple[ast.expr | None, ast.expr]]


class Tables:
    """Tables at the top level of files, without the rows of classes that were never made."""

    def __init__(self, writer: Writer) -> None:
        self.w = writer
        self.made = {id(c) for m in writer.ev.modules if isinstance(m.cls, ClassObject) for c in m.cls.mro()}
        self.emptied: dict[int, Table | None] = {}
        self.by_key: dict[int, bool] = {}

    def without_unmade(self, node: ast.stmt, name: str, scope: Scope) -> ast.stmt | None:
        """A statement of the top level as it is to be written; None for one that would do nothing."""
        added = updated_with(node)
        if added is not None:
            emptied = self.emptied_table(added, scope)
            if emptied is None:
                return node
            self.tell(node, emptied, 0, scope)
            return None
        table, value = self.table(node, name, scope), scope.names.get(name)
        if table is None or value is None or not self.is_asked_by_key(value.hint):
            return node
        kept = [(key, value) for key, value in table.rows if key is None or not self.leads_to_unmade(value, scope)]
        if len(kept) == len(table.rows):
            return node
        self.tell(node, table, len(kept), scope)
        left = ast.Dict([key for key, _ in kept], [value for _, value in kept])
        return nodes.like(ast.Assign([ast.Name(name, ast.Store())], left), node)

    def table(self, node: ast.stmt, name: str, scope: Scope) -> Table | None:
        """The table that an assignment to one name spells, where the name still stands for it."""
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or not isinstance(node.value, ast.Dict):
            return None
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if [n.id for n in targets if isinstance(n, ast.Name)] != [name]:
            return None
        found = scope.names.get(name)
        if found is None or not isinstance(found.hint, DictObject):
            return None
        return Table(scope, name, list(zip(node.value.keys, node.value.values, strict=True)))

    def emptied_table(self, name: str, scope: Scope) -> Table | None:
        """The table of this name, wherever it is defined, if nothing is left of it."""
        found = lookup.in_module(self.w.ev, scope, name)
        if found is None or not isinstance(found.hint, DictObject):
            return None
        key = id(found.hint)
        if key not in self.emptied:
            tables = [
                table
                for home in self.w.ev.scopes.values()
                for own, value in home.names.items()
                if value.hint is found.hint
                for statement in home.lazy.get(own, [])
                if (table := self.table(statement, own, home)) is not None
            ]
            one = tables[0] if len(tables) == 1 and len(tables[0].scope.lazy[tables[0].name]) == 1 else None
            gone = one is not None and bool(one.rows) and self.is_asked_by_key(found.hint)
            self.emptied[key] = one if gone and one is not None and self.leads_nowhere(one) else None
        return self.emptied[key]

    def leads_nowhere(self, table: Table) -> bool:
        """Do all rows of a table name such classes?"""
        return all(key is not None and self.leads_to_unmade(row, table.scope) for key, row in table.rows)

    def leads_to_unmade(self, value: ast.expr, scope: Scope) -> bool:
        """Does a row name a class of layers of which the network has no instance?"""
        for name in names_in(value):
            found = lookup.in_module(self.w.ev, scope, name)
            cls = found.hint if found is not None else None
            if isinstance(cls, ClassObject) and self.w.ev.dialect.is_module_class(cls) and id(cls) not in self.made:
                return True
        return False

    def is_asked_by_key(self, table: object) -> bool:
        """Does what was read only look rows up, or put them into another table of which the same is true?"""
        if id(table) not in self.by_key:
            self.by_key[id(table)] = True  # of tables that are put into each other the rest decides
            self.by_key[id(table)] = all(self.hands_out_rows(table, scope) for scope in self.w.ev.scopes.values())
        return self.by_key[id(table)]

    def hands_out_rows(self, table: object, scope: Scope) -> bool:
        """The same, of one file."""
        names = {name for name, value in scope.names.items() if value.hint is table}
        for parent, child in mentions(self.read(scope), names) if names else ():
            if is_keyed(parent, child):
                continue
            into = receiver_of_update(parent, child)
            other = lookup.in_module(self.w.ev, scope, into) if into else None
            if other is None or not self.is_asked_by_key(other.hint):
                return False
        return True

    def read(self, scope: Scope) -> Iterator[ast.AST]:
        """Statements of a file's top level that were executed, and the functions and methods that were entered."""
        trace = self.w.trace
        for statement in {id(s): s for statements in scope.lazy.values() for s in statements}.values():
            parts = statement.body if isinstance(statement, ast.ClassDef) else [statement]
            for part in parts:
                is_function = isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))
                if trace.frames.get(id(part)) if is_function else id(part) in trace.executed:
                    yield part

    def tell(self, node: ast.stmt, table: Table, left: int, scope: Scope) -> None:
        """How many rows a table lacks, at a statement of this file."""
        every = len(table.rows)
        why = f"{every - left} of {every} rows of {table.name} are left out: nothing that was read makes their classes"
        self.w.refused(
            Problem("left-out", "info", scope.file, node.lineno, 1, why, "convert with one of them to have it")
        )


def mentions(parts: Iterator[ast.AST], names: set[str]) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Where one of these names, or an attribute of that name, is read: what it stands in, and itself."""
    for part in parts:
        for parent in walk(part):
            for child in ast.iter_child_nodes(parent):
                name = (
                    child.id if isinstance(child, ast.Name) else child.attr if isinstance(child, ast.Attribute) else ""
                )
                if name in names and isinstance(child.ctx, ast.Load):  # type: ignore[attr-defined]
                    yield parent, child


def is_keyed(parent: ast.AST, child: ast.AST) -> bool:
    """`table[key]`, `key in table`, `table.get(key)`."""
    if isinstance(parent, ast.Subscript):
        return parent.value is child
    if isinstance(parent, ast.Compare):
        return all(isinstance(op, (ast.In, ast.NotIn)) for op in parent.ops)
    return isinstance(parent, ast.Attribute) and parent.attr in KEYED


def receiver_of_update(parent: ast.AST, child: ast.AST) -> str:
    """`every` of `every.update(table)`; "" for everything else."""
    return parent.func.value.id if is_update(parent) and parent.args[0] is child else ""  # type: ignore[attr-defined]


def is_update(node: ast.AST) -> bool:
    """Is this `name.update(one argument)`?"""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "update"
        and isinstance(node.func.value, ast.Name)
        and len(node.args) == 1
        and not node.keywords
    )


def updated_with(node: ast.stmt) -> str | None:
    """`table` of the statement `every.update(table)`."""
    if not isinstance(node, ast.Expr) or not is_update(node.value):
        return None
    argument = node.value.args[0]  # type: ignore[attr-defined]
    return argument.id if isinstance(argument, ast.Name) else None
