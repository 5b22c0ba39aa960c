"""The order of a file's definitions: as in the source, and whatever Python asks for at once stands above."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from codegen.writing.naming import Key
from pivot.reading import imports
from pivot.reading.restating import is_restatement

if TYPE_CHECKING:
    from codegen.writing.writer import Writer


def in_order(w: Writer, written: Mapping[Key, Sequence[ast.stmt]], lines: Mapping[Key, int]) -> list[Key]:
    """Files that others import come first; inside a file the order of the source, by `lines`; and before a definition
    those that it asks for while the file is imported: bases, decorators, defaults.
    """
    order = {file: (depth, place) for place, (file, depth) in enumerate(depths(w).items())}

    def place(key: Key) -> tuple[bool, tuple[int, int], int]:
        return not is_restatement(key[0]), order.get(key[0], (0, 0)), lines[key]

    binding = {name: key for key, statements in written.items() for s in statements for name in defined(s)}
    done: dict[Key, None] = {}
    under_way: set[Key] = set()

    def put(key: Key) -> None:
        if key in done or key in under_way:
            return
        under_way.add(key)
        for name in (name for statement in written[key] for name in read_at_once(statement)):
            if name in binding:
                put(binding[name])
        done[key] = None

    for key in sorted(written, key=place):
        put(key)
    return list(done)


def depths(w: Writer) -> dict[str, int]:
    """Per file of the program, how many files deep its imports of the program's own files go."""
    known: dict[str, int] = {}

    def depth(file: str) -> int:
        scope = w.scope_of(file)
        if scope is None or file in known:
            return known.get(file, 0)
        known[file] = below = 0  # an import back to here does not count
        every: list[ast.stmt] = [*scope.stars, *(s for statements in scope.lazy.values() for s in statements)]
        for statement in {id(s): s for s in every}.values():  # one import binds many names
            if isinstance(statement, ast.ImportFrom):
                frame = w.ev.module_frame(scope)
                for path in {imports.defined_in(w.ev, statement, a.name, frame) for a in statement.names}:
                    if path is not None and str(imports.resolved(path)) in w.ev.files:
                        below = max(below, 1 + depth(str(imports.resolved(path))))
        known[file] = below
        return below

    return {file: depth(file) for file in list(w.ev.files)}


def defined(statement: ast.stmt) -> list[str]:
    """The name of a class or function that a statement defines, or the names that an assignment binds."""
    if isinstance(statement, (ast.ClassDef, ast.FunctionDef)):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def read_at_once(node: ast.AST, annotated: bool = True) -> Iterator[str]:
    """The names that Python reads when it comes to a statement of a module; bodies of functions wait for their call.

    `annotated`: are annotations read, which `from __future__ import annotations` leaves as text?
    """
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load):
            yield node.id
        return
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        spec = node.args
        now: list[ast.AST] = [*spec.defaults, *(d for d in spec.kw_defaults if d is not None)]
        if not isinstance(node, ast.Lambda):
            every = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *(a for a in (spec.vararg, spec.kwarg) if a)]
            said = [a.annotation for a in every if a.annotation is not None]
            now += [*node.decorator_list, *([*said, *([node.returns] if node.returns else [])] if annotated else [])]
    elif isinstance(node, ast.AnnAssign) and not annotated:
        now = [node.target, *([node.value] if node.value is not None else [])]
    else:
        now = list(ast.iter_child_nodes(node))
    for child in now:
        yield from read_at_once(child, annotated)


def late(text: str) -> tuple[str, int] | None:
    """The first name that a file reads above its definition, with the line of the reading; None: there is none."""
    tree = ast.parse(text)
    below = {name: place for place, statement in enumerate(tree.body) for name in bound(statement)}
    future = [s.names for s in tree.body if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
    annotated = all(alias.name != "annotations" for names in future for alias in names)
    above: set[str] = set()
    for place, statement in enumerate(tree.body):
        own = bound(statement)
        for name in read_at_once(statement, annotated):
            if name not in above and name not in own and below.get(name, -1) > place:
                return name, statement.lineno
        above |= own
    return None


def bound(node: ast.AST) -> set[str]:
    """Every name that a statement binds, at whatever depth outside of functions."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return {node.name}
    found = {node.name} if isinstance(node, ast.ClassDef) else set[str]()
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        found.add(node.id)
    if isinstance(node, ast.alias):
        found.add((node.asname or node.name).partition(".")[0])
    if isinstance(node, ast.Lambda):
        return found
    return found.union(*map(bound, ast.iter_child_nodes(node)))
