"""The text of a target in the framework of its source: the statements that the model needs, as they stand, in one file.

What is copied keeps its names, comments and spelling; it is laid out anew. Definitions of sibling files come before
those of the opened one, without the imports that brought them. Training, data and what runs under the main guard stay
behind, as they do in every conversion.
"""

from __future__ import annotations

import ast
import builtins
import copy
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.verify.slicing import SliceError, needed_statements
from codegen.writing.telling_apart import tell_apart
from pivot.problems import refuse
from pivot.reading import imports, library_modules, registries
from pivot.reading.frames import Scope
from pivot.reading.restating import is_restatement
from pivot.reading.values import ClassObject, FunctionObject, ModuleScope

if TYPE_CHECKING:
    from pivot.reading.elaborate import Elaborated

Imported = ast.Import | ast.ImportFrom
BUILTINS = frozenset(dir(builtins))


def copied_module(done: Elaborated, entry: ast.expr, docstring: str) -> ast.Module:
    """One file with everything that an expression of the opened file needs. Raises Refusal."""
    return Copy(done).module(entry, docstring)


class Copy:
    """What is taken from each file, and what stands for the names that files import from each other."""

    def __init__(self, done: Elaborated) -> None:
        self.ev = done.evaluator
        self.main = next(iter(self.ev.files))
        self.read = frozenset(self.ev.files)  # what the model needs; all else of a package stays in it
        self.entry = done.network.entry
        self.taken: dict[str, dict[tuple[int, ...], ast.stmt]] = {}
        self.asked: dict[tuple[str, str], None] = {}
        self.given = frozenset(self.ev.override_nodes)
        self.classes: list[ClassObject] | None = None

    def module(self, entry: ast.expr, docstring: str) -> ast.Module:
        """The whole file."""
        own = next((name for name in self.given if name.startswith("self.")), None)
        if own is not None:
            why = f"--set {own} binds an attribute, which a copy of the source has no place for"
            raise refuse("bind", "--set", 0, 0, why, "write the value into the source")
        self.take(self.main, self.entry)
        self.add_registrations()
        parts = {file: [statement for _, statement in sorted(taken.items())] for file, taken in self.taken.items()}
        written = {file: self.copies(file, statements) for file, statements in parts.items()}
        tell_apart(written, self.main)
        body = self.put_together(written)
        head: list[ast.stmt] = [ast.Expr(ast.Constant(docstring))] if docstring else []
        bound = [
            ast.Assign([ast.Name(name, ast.Store())], copy.deepcopy(text))
            for name, text in self.ev.override_nodes.items()
        ]
        futures = [s for s in body if is_future(s)]
        rest = [s for s in body if not is_future(s)]
        place = next((i for i, s in enumerate(rest) if not isinstance(s, Imported)), len(rest))
        rest[place:place] = bound
        return ast.Module([*head, *futures, *without_unread(rest, entry)], [])

    def tree(self, file: str) -> ast.Module:
        """The syntax tree of a file, opened where nothing asked for it before."""
        imports.open_file(self.ev, Path(file))
        return next(t for t in self.ev.trace.keep if isinstance(t, ast.Module) and t.__dict__.get("file") == file)

    # -- what is needed -------------------------------------------------------------

    def take(self, file: str, expression: str) -> None:
        """Take the statements of a file that an expression needs, and what they import from other files."""
        try:
            self.tree(file)
            places = needed_statements(self.ev.files[file], expression, self.given)
        except SliceError as error:
            remedy = "name a model that the file defines with --model"
            raise refuse("model", file, 1, 1, str(error), remedy) from None
        known = self.taken.setdefault(file, {})
        for place in places:
            if place not in known:
                known[place] = statement_at(self.tree(file), place)
                self.follow(file, known[place])

    def follow(self, file: str, statement: ast.stmt) -> None:
        """Take what a statement imports from other files of the program."""
        scope = self.ev.scopes[Path(file)]
        for node in ast.walk(statement):
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                continue
            if isinstance(node, Imported):
                for alias in node.names:
                    source = self.origin(scope, node, alias)
                    if isinstance(source, tuple):
                        self.ask(*source)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = self.module_named(scope, node.value.id)
                if module is not None:
                    self.ask(module, node.attr)
            elif isinstance(node, ast.Name) and node.id not in scope.lazy and node.id not in BUILTINS:
                found = self.from_star(scope, node.id)
                if found is not None:
                    self.ask(found, node.id)

    def ask(self, file: str, name: str) -> None:
        """Take a name of another file, or of the one that it takes all names from."""
        if (file, name) not in self.asked:
            self.asked[file, name] = None
            scope = imports.open_file(self.ev, Path(file))
            other = self.from_star(scope, name) if name not in scope.lazy else None
            if other is not None:
                self.taken.setdefault(file, {})
                self.ask(other, name)
            else:
                self.take(file, name)

    def origin(self, scope: Scope, node: Imported, alias: ast.alias) -> tuple[str, str] | str | None:
        """Where an imported name is defined: file and name, the file of a module, or None for a library's."""
        frame = self.ev.module_frame(scope)
        if isinstance(node, ast.Import):
            root = alias.name.partition(".")[0]
            found = imports.find_absolute(alias.name.split("."), frame) if root not in imports.LIBRARIES else None
            return None if found is None else str(found.resolve())
        path = imports.defined_in(self.ev, node, alias.name, frame)
        if path is None:
            beside = imports.find_relative(node.level, [alias.name], frame) if node.level and not node.module else None
            return None if beside is None or self.stays(beside) else str(beside.resolve())
        if is_restatement(str(path)) or self.stays(path):
            return None
        value = imports.from_file(self.ev, path, alias.name, frame, node)
        if isinstance(value.hint, ModuleScope) and isinstance(value.hint.scope, Scope):
            return value.hint.scope.file
        if imports.package_root(path)[1] and self.is_only_named(value.hint):
            return None
        return str(path.resolve()), alias.name

    def is_only_named(self, value: object) -> bool:
        """Is something a function that was never called, or a class that was never made and that no other derives from?

        `partial(ImageClassification, crop_size=224)` in a table of checkpoints: it stays in its package.
        """
        if isinstance(value, FunctionObject):
            return not value.decorators and not self.ev.trace.frames.get(id(value.node))
        if (
            not isinstance(value, ClassObject)
            or value.kind != "class"
            or any(value in c.mro() for c in self.derived() if c is not value)
        ):
            return False
        methods = [node for node in value.node.body if isinstance(node, ast.FunctionDef)]
        makes = any(node.name == "__init__" for node in methods)
        return makes and not any(self.ev.trace.frames.get(id(node)) for node in methods)

    def derived(self) -> list[ClassObject]:
        """Classes that were met and have bases of the program."""
        if self.classes is None:
            hints = [value.hint for scope in self.ev.scopes.values() for value in scope.names.values()]
            self.classes = [
                hint
                for hint in hints
                if isinstance(hint, ClassObject) and any(isinstance(base.hint, ClassObject) for base in hint.bases)
            ]
        return self.classes

    def stays(self, path: Path) -> bool:
        """Is a file one of a package, and nothing that the model was made of?"""
        return str(path.resolve()) not in self.read and bool(imports.package_root(path)[1])

    def module_named(self, scope: Scope, name: str) -> str | None:
        """The file of the module that a name of a file stands for."""
        for statement in scope.lazy.get(name, []):
            for node in ast.walk(statement):
                for alias in node.names if isinstance(node, Imported) else ():
                    if name == (alias.asname or alias.name.partition(".")[0]):
                        source = self.origin(scope, node, alias)  # type: ignore[arg-type]
                        if isinstance(source, str):
                            return source
        return None

    def from_star(self, scope: Scope, name: str, above: frozenset[str] = frozenset()) -> str | None:
        """The file of the program that `from ... import *` takes a name from."""
        frame = self.ev.module_frame(scope)
        for statement in reversed(scope.stars):
            path = imports.file_of(self.ev, statement, frame)
            if path is None or str(path) in above:
                continue
            other = imports.open_file(self.ev, path)
            if name in other.lazy and not self.comes_from(other, name, scope):
                return str(path.resolve())
            found = self.from_star(other, name, above | {str(path)})
            if found is not None:
                return found
        return None

    def comes_from(self, scope: Scope, name: str, package: Scope) -> bool:
        """Does a file import a name from the package that takes all names from it? `from . import Mode`."""
        frame = self.ev.module_frame(scope)
        found = [n for s in scope.lazy[name] for n in ast.walk(s) if isinstance(n, ast.ImportFrom)]
        paths = [imports.file_of(self.ev, node, frame) for node in found if any(a.name == name for a in node.names)]
        return any(path is not None and str(path.resolve()) == package.file for path in paths)

    def add_registrations(self) -> None:
        """Take what fills the tables that were taken: `@register class Net`, `register(...)`."""
        tables = set(self.ev.registries.values())
        for scope in list(self.ev.scopes.values()):
            if scope.file not in self.taken:
                continue
            for place, statement in enumerate(self.tree(scope.file).body):
                maker = registries.registers(statement)
                makes = maker and any(registries.fills(self.ev, scope, maker, table) for table in tables)
                if makes and (place,) not in self.taken[scope.file]:
                    for name in sorted(bound_by(statement)):
                        self.take(scope.file, name)
                    self.taken[scope.file].setdefault((place,), statement)

    # -- how it is put together ---------------------------------------------------------

    def copies(self, file: str, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Copies of statements without imports of the program's own files."""
        scope = self.ev.scopes[Path(file)]
        inliner = Inliner(self, scope)
        found: list[ast.stmt] = []
        for statement in statements:
            made = inliner.visit(copied(statement))
            found += made if isinstance(made, list) else [] if made is None else [made]
        return found

    def put_together(self, written: Mapping[str, list[ast.stmt]]) -> list[ast.stmt]:
        """Imports first where there are several files, then the files that others need, then the opened one."""
        if len(written) == 1:
            return written[self.main]
        every = [s for file in [self.main, *written] for s in written[file]]
        heads = merged([s for s in every if isinstance(s, Imported)])
        ordered = [*(file for file in self.in_order() if file != self.main and file in written), self.main]
        return [*heads, *(s for file in ordered for s in written[file] if not isinstance(s, Imported))]

    def in_order(self) -> list[str]:
        """Files, those that others take names from first."""
        found: dict[str, None] = {}

        def visit(file: str, above: frozenset[str]) -> None:
            scope = self.ev.scopes[Path(file)]
            for statement in [*self.taken[file].values(), *scope.stars]:
                for node in ast.walk(statement):
                    for alias in node.names if isinstance(node, Imported) else ():
                        source = self.origin(scope, node, alias) if alias.name != "*" else self.star_file(scope, node)  # type: ignore[arg-type]
                        other = source[0] if isinstance(source, tuple) else source
                        if other in self.taken and other not in above and other not in found:
                            visit(other, above | {other})
            found.setdefault(file)

        visit(self.main, frozenset({self.main}))
        return [*found, *(file for file in self.taken if file not in found)]

    def star_file(self, scope: Scope, node: ast.AST) -> str | None:
        """The file that `from ... import *` names."""
        path = imports.file_of(self.ev, node, self.ev.module_frame(scope)) if isinstance(node, ast.ImportFrom) else None
        return None if path is None else str(path.resolve())


class Inliner(ast.NodeTransformer):
    """Takes away imports of the program's own files; their names stand in the same file now."""

    def __init__(self, copy_: Copy, scope: Scope) -> None:
        self.copy, self.scope = copy_, scope

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | list[ast.stmt] | None:
        """Only what libraries have stays; another name for the same thing becomes an assignment."""
        if node.names[0].name == "*":
            return None if self.copy.star_file(self.scope, node) is not None else node
        return self.imported(node)

    def visit_Import(self, node: ast.Import) -> ast.stmt | list[ast.stmt] | None:
        """Only what libraries have stays."""
        return self.imported(node)

    def imported(self, node: Imported) -> ast.stmt | list[ast.stmt] | None:
        """An import without the program's own files."""
        kept: list[ast.alias] = []
        more: list[ast.stmt] = []
        for alias in node.names:
            source = self.copy.origin(self.scope, node, alias)
            if source is None:
                kept.append(alias)
            elif isinstance(source, tuple) and alias.asname not in (None, alias.name):
                more.append(
                    ast.Assign([ast.Name(str(alias.asname), ast.Store())], ast.Name(alias.name, ast.Load()), lineno=0)
                )
        node.names = kept
        if isinstance(node, ast.ImportFrom) and node.level and kept:
            parts = library_modules.absolute(node, imports.package_root(Path(self.scope.file))[1])
            node.module, node.level = ".".join(parts), 0
        return [*([node] if kept else []), *more] or None

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """`layers.Block` of a sibling file `layers` is `Block`."""
        if isinstance(node.value, ast.Name) and self.copy.module_named(self.scope, node.value.id) is not None:
            return ast.copy_location(ast.Name(node.attr, node.ctx), node)
        self.generic_visit(node)
        return node

    def visit_Try(self, node: ast.Try) -> ast.stmt | list[ast.stmt] | None:
        """`try: from .a import b`: what is in this file now cannot fail to be imported."""
        imported = any(isinstance(s, Imported) for s in node.body)
        self.generic_visit(node)
        return node if node.body else None if imported else node


def statement_at(tree: ast.Module, place: tuple[int, ...]) -> ast.stmt:
    """The statement at a place: (7, 0) is the first one inside the main guard at 7."""
    outer = tree.body[place[0]]
    return outer if len(place) == 1 else outer.body[place[1]]  # type: ignore[attr-defined]


def copied(statement: ast.stmt) -> ast.stmt:
    """A copy whose statements know those that they were made from."""
    made = copy.deepcopy(statement)
    for old, new in zip(statements_of(statement), statements_of(made), strict=True):
        new.__dict__["source"] = old
    return made


def statements_of(tree: ast.AST) -> Iterator[ast.stmt]:
    """All statements in a tree, in one order."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.stmt))


def is_future(statement: ast.stmt) -> bool:
    """Must a statement stand before all others?"""
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def merged(heads: list[Imported]) -> list[ast.stmt]:
    """Imports of several files in order: the standard library's first, one statement per module."""
    plain = {ast.dump(alias): alias for node in heads if isinstance(node, ast.Import) for alias in node.names}
    parts: dict[str, dict[str, ast.alias]] = {}
    for node in heads:
        if isinstance(node, ast.ImportFrom):
            parts.setdefault(node.module or "", {}).update((ast.dump(alias), alias) for alias in node.names)
    found: list[tuple[bool, bool, str, ast.stmt]] = [
        (alias.name.partition(".")[0] not in sys.stdlib_module_names, True, alias.name, ast.Import([alias]))
        for alias in plain.values()
    ]
    found += [
        (
            module.partition(".")[0] not in sys.stdlib_module_names,
            False,
            module,
            ast.ImportFrom(module, list(names.values()), 0),
        )
        for module, names in parts.items()
    ]
    ordered = sorted(found, key=lambda one: (one[0], not one[1], one[2]))
    for before, one in pairwise(ordered):
        one[3].__dict__["blank"] = int(one[0] and not before[0])
    return [one[3] for one in ordered]


def bound_by(statement: ast.stmt) -> set[str]:
    """The name of a definition."""
    return {statement.name} if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) else set()


def without_unread(body: list[ast.stmt], entry: ast.expr) -> list[ast.stmt]:
    """The statements without imported names that nothing reads."""
    trees = [*body, entry]
    read = {n.id for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Name)}
    texts = [
        n.value for tree in body for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    ]
    found: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, Imported) and statement.names[0].name != "*":
            names = [(alias, alias.asname or alias.name.partition(".")[0]) for alias in statement.names]
            kept = [alias for alias, name in names if name in read or any(name in text for text in texts)]
            if not kept:
                continue
            if len(kept) < len(statement.names):
                statement.names = kept
        found.append(statement)
    return found
