"""Imports resolve to canonical library names or to files beside the opened one; nothing is imported."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pivot.reading import (
    classes,
    installed,
    library_modules,
    lookup,
    mask_edits,
    parser_methods,
    registries,
    restating,
    tie_edits,
)  # fmt: skip
from pivot.reading.bombs import LimitReached
from pivot.reading.constants import NAMES
from pivot.reading.frames import Frame, Scope
from pivot.reading.limits import LIMITS
from pivot.reading.parsed import PARSED
from pivot.reading.python2_names import MOVES
from pivot.reading.source import load
from pivot.reading.values import Api, ModuleScope, Value
from pivot.reading.walking import COMPOUND

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator

LIBRARIES = {
    "torch",
    "keras",
    "tensorflow",
    "tf_keras",
    "keras_core",
    "tensorflow_addons",
    "numpy",
    "math",
    "typing",
    "collections",
    "functools",
    "itertools",
    "copy",
    "dataclasses",
    "enum",
    "warnings",
    "logging",
    "os",
    "sys",
    "re",
    "abc",
    "types",
    "einops",
    "einx",
    "operator",
    "inspect",
    "time",
    "random",
    "json",
    "pathlib",
    "jax",
    "flax",
    "__future__",
    "typing_extensions",
    "string",
}  # never resolved to a sibling file, even where one of that name exists
FILLING = {"add", "append", "add_module", "insert", "extend", *parser_methods.FILLING}
MUTATING = {*FILLING, "update", "register_buffer", "register_parameter"}


@lru_cache(4_096)
def package_root(path: Path) -> tuple[Path, tuple[str, ...]]:
    """The folder that holds the outermost package of a file, and the dotted package of the file."""
    known = library_modules.package_of(path)
    if known is not None:
        return library_modules.FOLDER, known
    folder, parts = path.parent, []
    while folder.name.isidentifier() and (folder / "__init__.py").exists():  # `my-repository` can be no package
        parts.append(folder.name)
        folder = folder.parent
    return folder, tuple(reversed(parts))


@lru_cache(4_096)
def resolved(path: Path) -> Path:
    """A path without links: asked for at every import of a file."""
    return path.resolve()


def open_file(ev: Evaluator, path: Path) -> Scope:
    """The scope of a source file; parsed once, its statements evaluated when asked for."""
    path = resolved(path)
    if path in ev.scopes:
        return ev.scopes[path]
    if len(ev.scopes) > LIMITS.import_files:
        raise LimitReached("too many imported files", "import_files")
    text = ev.texts.get(str(path))
    if text is None:
        text = load(path).text
    if sum(map(len, ev.files.values())) + len(text) > LIMITS.import_bytes:
        raise LimitReached("too much text in imported files", "import_bytes")
    tree = PARSED.tree(text, str(path))
    if str(path) in ev.said_masks:
        mask_edits.apply(tree, ev.said_masks[str(path)])
    if str(path) in ev.said_ties:
        tie_edits.apply(tree, ev.said_ties[str(path)])
    ev.trace.keep.append(tree)
    tree.__dict__["file"] = str(path)
    ev.files[str(path)] = text
    scope = Scope(str(path))
    scope.package = package_root(path)[1]
    for statement in tree.body:
        index_statement(scope, statement)
    scope.effects = [s for s in tree.body if registries.registers(s)]
    ev.scopes[path] = scope
    return scope


def index_statement(scope: Scope, statement: ast.stmt) -> None:
    """Remember which names a module-level statement binds or changes."""
    if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
        scope.stars.append(statement)
        return
    names = [*classes.bound_names(statement), *changed_names(statement)]
    parsers = [parser for name in names for parser in parsers_of(scope, name, statement)]
    for name in dict.fromkeys([*names, *parsers]):
        scope.lazy.setdefault(name, []).append(statement)


def parsers_of(scope: Scope, name: str, statement: ast.stmt) -> list[str]:
    """The parser that a group of arguments belongs to, which what changes the group changes too."""
    makers = [s.value for s in (*scope.lazy.get(name, ()), statement) if isinstance(s, ast.Assign)]
    calls = [call.func for call in makers if isinstance(call, ast.Call)]
    return root_names(
        [func for func in calls if isinstance(func, ast.Attribute) and func.attr in parser_methods.GROUPS]
    )


def changed_names(node: ast.stmt) -> list[str]:
    """Names whose object a module-level statement changes: `model.fc = ...`, `model.add(...)`.

    Inside loops, conditions and `with`, what puts something into an object counts; `model.trainable = False` in a loop
    over epochs does not.
    """
    if isinstance(node, COMPOUND):
        blocks = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
        blocks += [handler.body for handler in getattr(node, "handlers", [])]
        return [name for block in blocks for inner in block for name in put_into(inner)]
    roots: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        roots = [t for t in node.targets if isinstance(t, (ast.Attribute, ast.Subscript))]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        if node.value.func.attr in MUTATING:
            roots = [node.value.func]
    return root_names(roots)


def put_into(node: ast.stmt) -> list[str]:
    """Names of the objects that a statement inside of another one puts something into."""
    if isinstance(node, COMPOUND):
        return changed_names(node)
    if isinstance(node, ast.Assign) and any(isinstance(target, ast.Subscript) for target in node.targets):
        return root_names([target for target in node.targets if isinstance(target, ast.Subscript)])
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        return root_names([node.value.func]) if node.value.func.attr in FILLING else []
    return []


def root_names(roots: list[ast.expr]) -> list[str]:
    """The names that attributes and places belong to."""
    names = []
    for root in roots:
        inner: ast.expr = root
        while isinstance(inner, (ast.Attribute, ast.Subscript)):
            inner = inner.value
        if isinstance(inner, ast.Name) and not (isinstance(root, ast.Attribute) and root.attr.startswith("__")):
            names.append(inner.id)
    return names


def resolve(ev: Evaluator, node: ast.Import | ast.ImportFrom, frame: Frame) -> list[tuple[str, Value]]:
    """The names an import binds, with what they stand for."""
    if isinstance(node, ast.Import):
        return [import_name(ev, alias, frame) for alias in node.names]
    return import_from(ev, node, frame)


def import_name(ev: Evaluator, alias: ast.alias, frame: Frame) -> tuple[str, Value]:
    """`import a.b as c` binds c to a.b; `import a.b` binds a."""
    if alias.name.partition(".")[0] not in LIBRARIES:
        found = find_absolute(alias.name.split("."), frame)
        root = alias.name.partition(".")[0]
        whole = find_absolute([root], frame) if found is not None and alias.asname is None else None
        if found is not None:
            return alias.asname or root, Value(ModuleScope(open_file(ev, whole or found)))
    if alias.asname:
        return alias.asname, Value(Api(ev.dialect.canonical(alias.name)))
    root = alias.name.partition(".")[0]
    return root, Value(Api(ev.dialect.canonical(root)))


def import_from(ev: Evaluator, node: ast.ImportFrom, frame: Frame) -> list[tuple[str, Value]]:
    """`from a.b import c, d as e`."""
    module = node.module or ""
    path = file_of(ev, node, frame)
    parts = library_modules.absolute(node, package_root(Path(frame.file))[1])
    bound: list[tuple[str, Value]] = []
    for alias in node.names:
        name = alias.asname or alias.name
        own = path is not None and bool(parts) and library_modules.yields(parts[0])
        again = from_restated(ev, parts, alias.name, frame, node) if not own else None
        beside = find_relative(node.level, [alias.name], frame) if node.level and not module else None
        if again is not None:
            bound.append((name, again))
        elif path is None and beside is not None:  # a module of a folder without __init__.py
            bound.append((name, Value(ModuleScope(open_file(ev, beside)))))
        elif path is not None:
            bound.append((name, from_file(ev, path, alias.name, frame, node)))
        elif node.level:
            bound.append(
                (name, ev.unknown(frame, node, f"the module {'.' * node.level}{module} was not found beside the file"))
            )
        else:
            home = "builtins" if module == MOVES and alias.name in NAMES else module
            bound.append((name, restating.library_value(ev, ev.dialect.canonical(f"{home}.{alias.name}"))))
    return bound


def from_restated(ev: Evaluator, parts: tuple[str, ...], name: str, frame: Frame, node: ast.AST) -> Value | None:
    """A name of a library module that is restated: one that the restatement has, or a restated module in it."""
    module = library_modules.find((*parts, name)) if parts else None
    if module is not None:
        scope = open_file(ev, module)  # a file that defines its own name restates that name
        return Value(ModuleScope(scope)) if name not in scope.lazy else None
    path = library_modules.find(parts)
    if path is None or str(path) == frame.file:
        return None
    scope = open_file(ev, path)
    found = lookup.in_module(ev, scope, name)
    if found is not None:
        library_modules.mention(ev, frame, node, scope, parts)
    return found


def from_file(ev: Evaluator, path: Path, name: str, frame: Frame, node: ast.AST) -> Value:
    """A name of another source file, or a submodule of a package."""
    folder = path.parent if path.name == "__init__.py" else None
    if folder is not None:
        for candidate in (folder / f"{name}.py", folder / name / "__init__.py"):
            own = str(path) == frame.file  # `from . import a` in the package itself: the name is bound by this import
            if candidate.exists() and (own or name not in open_file(ev, path).lazy):
                return Value(ModuleScope(open_file(ev, candidate)))
    scope = open_file(ev, path)
    value = lookup.in_module(ev, scope, name)
    return value if value is not None else ev.unknown(frame, node, f"{name} is not defined in {path.name}")


def submodule(ev: Evaluator, scope: Scope, name: str) -> Value | None:
    """A module of a package, which `import package.module` lets be asked of the package."""
    path = Path(scope.file)
    found = as_file(path.parent / name) if path.name == "__init__.py" and name.isidentifier() else None
    return Value(ModuleScope(open_file(ev, found))) if found is not None else None


def defined_in(ev: Evaluator, node: ast.ImportFrom, name: str, frame: Frame) -> Path | None:
    """The file that an import takes a name from: a restated module or one of the program's; None for libraries."""
    parts = library_modules.absolute(node, package_root(Path(frame.file))[1])
    path = file_of(ev, node, frame)
    if path is not None and parts and library_modules.yields(parts[0]):
        return path
    again = library_modules.find((*parts, name)) or library_modules.find(parts)
    if again is not None and str(again) != frame.file and name in open_file(ev, again).lazy:
        return again
    return path


def from_star(ev: Evaluator, scope: Scope, wanted: str) -> Value | None:
    """A name that a `from ... import *` of a file binds; the last one wins."""
    frame = ev.module_frame(scope)
    for statement in reversed(scope.stars):
        module = statement.module or ""
        path = file_of(ev, statement, frame)
        if path is not None:
            other = open_file(ev, path)
            if wanted.startswith("_") or asks_back(ev, other, wanted):
                continue
            found = lookup.in_module(ev, other, wanted)
            if found is not None:
                return found
        elif ev.dialect.exports(ev, module, wanted):
            return restating.library_value(ev, ev.dialect.canonical(f"{module}.{wanted}"))
    return None


def asks_back(ev: Evaluator, scope: Scope, wanted: str, asked: set[str] | None = None) -> bool:
    """Does a file take a name from one that is just asked for it? A package and its files import each other.

    `asked`: the files that are; those in which the name is being evaluated, if they are not said.
    """
    statements = scope.lazy.get(wanted, [])
    frame = ev.module_frame(scope)
    sources = [file_of(ev, s, frame) for s in statements if isinstance(s, ast.ImportFrom)]
    if not statements or len(sources) < len(statements):
        return False
    if asked is None:
        asked = {s.file for s in ev.scopes.values() if (id(s), wanted) in ev.evaluating}
    return any(path is not None and str(resolved(path)) in asked for path in sources)


def file_of(ev: Evaluator, node: ast.ImportFrom, frame: Frame) -> Path | None:
    """The file that an import names, where it stands beside the opened one; looked for once."""
    if id(node) not in ev.located:
        ev.located[id(node)] = find_file(node, frame)
        ev.trace.keep.append(node)
    return ev.located[id(node)]


def find_file(node: ast.ImportFrom, frame: Frame) -> Path | None:
    """The file that an import names."""
    module = node.module or ""
    if node.level:
        return find_relative(node.level, module.split(".") if module else [], frame)
    if module.partition(".")[0] not in LIBRARIES:
        return find_absolute(module.split("."), frame)
    return neighbour(module.split("."), frame)


def neighbour(parts: list[str], frame: Frame) -> Path | None:
    """A file in the folder of the opened one, where a library's own file is read: `keras.src.applications.resnet`."""
    file = Path(frame.file)
    root, package = package_root(file)
    if not package or list(package) != parts[: len(package)] or len(parts) > len(package) + 1:
        return None
    found = as_file(root.joinpath(*parts))
    return found if found is not None and found.parent == file.parent else None


def find_relative(level: int, parts: list[str], frame: Frame) -> Path | None:
    """The file of `from ..a.b import`; nothing above the outermost package is read."""
    file = Path(frame.file)
    package = package_root(file)[1]
    if level > max(len(package), 1):
        return None
    folder = file.parents[level - 1]
    return as_file(folder.joinpath(*parts)) if parts or package else None


def find_absolute(parts: list[str], frame: Frame) -> Path | None:
    """The file of an absolute import, inside the package of the opened file or beside it."""
    root, package = package_root(Path(frame.file))
    if package and parts[0] == package[0]:
        return as_file(root.joinpath(*parts))
    if not package or not (root / parts[0]).exists():
        found = as_file(Path(frame.file).parent.joinpath(*parts)) or from_above(root, parts, frame)
        other = installed.unpacked_beside(root, parts[0]) if found is None and package else None
        return found if other is None else as_file(other.joinpath(*parts))
    return as_file(root.joinpath(*parts))


OWN = Path(__file__).resolve().parents[1]
MARKS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")


def from_above(root: Path, parts: list[str], frame: Frame) -> Path | None:
    """A module where the program is run from: beside the outermost package, in a folder above that has the first name
    of the import (`from models.blocks import` in `models/net.py`), or a package of the project that the file is in.
    """
    file = Path(frame.file)
    found = as_file(root.joinpath(*parts)) if root != file.parent else None
    holder = next((folder.parent for folder in file.parents[:4] if folder.name == parts[0]), None)
    if found is None and holder is not None and len(parts) > 1:
        found = as_file(holder.joinpath(*parts))
    return found or of_project(file, parts)


def of_project(file: Path, parts: list[str]) -> Path | None:
    """A module of a package that lies in the nearest folder above which is the root of a project, or in its `src`."""
    if OWN in file.parents:
        return None  # a restatement
    top = next((f for f in file.parents[:5] if any((f / mark).exists() for mark in MARKS)), None)
    if top is None:
        return None
    for folder in (top, top / "src"):
        if (folder / parts[0] / "__init__.py").is_file():
            return as_file(folder.joinpath(*parts))
    return None


def as_file(path: Path) -> Path | None:
    """`a/b` as `a/b.py` or `a/b/__init__.py`."""
    for candidate in (path.with_name(path.name + ".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None
