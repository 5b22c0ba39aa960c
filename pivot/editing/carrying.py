"""A class taken from one program into another, with the definitions and imports that it needs."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from dataclasses import dataclass

from pivot.editing.names import fresh_class, taken
from pivot.editing.source import Change, Source

_DEFINED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Carried:
    """The definitions by name, in the order of their program, and the imports, each of one name."""

    definitions: tuple[tuple[str, str], ...]
    imports: tuple[str, ...]


def carried(source: Source, names: Sequence[str]) -> Carried:
    """What some names of a program need to mean the same elsewhere. Raises Refusal."""
    known: dict[str, ast.stmt] = {}
    for statement in source.tree.body:
        for name in _bound(statement):
            known[name] = statement
    needed: dict[ast.stmt, str] = {}
    imports: dict[str, None] = {}
    waiting = list(names)
    met: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in met:
            continue
        met.add(name)
        if name not in known:
            continue  # a builtin, or a name of its own scope
        statement = known[name]
        if isinstance(statement, ast.Import | ast.ImportFrom):
            imports[_import_of(source, statement, name)] = None
            continue
        if not isinstance(statement, (*_DEFINED, ast.Assign, ast.AnnAssign)):
            raise source.refusal(statement, f"{name} is bound by more than a definition", "copy it in the source text")
        needed[statement] = name
        waiting += [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]
    texts = [(name, source.of(node)) for node, name in sorted(needed.items(), key=lambda item: source.start(item[0]))]
    return Carried(tuple(texts), tuple(sorted(imports)))


def take_in(source: Source, what: Carried, before: ast.stmt) -> tuple[dict[str, str], list[Change]]:
    """Write what was carried before a statement of the top level. Gives what each name is called here, and the changes.

    A definition that is here already, word for word, is used; one of another text comes under another name. Raises
    Refusal.
    """
    here: dict[str, str] = {}
    for statement in source.tree.body:
        for name in _bound(statement):
            here[name] = source.of(statement)
    used = taken(source)
    called: dict[str, str] = {}
    for name, text in what.definitions:
        if name in here and _same(here[name], text):
            called[name] = name
        elif name in used or name in dir(builtins):
            called[name] = fresh_class(name, used)
        else:
            called[name] = name
            used.add(name)
    # One that is here already, but would mean something that has another name now, is another one, too.
    while other := next((n for n, text in what.definitions if _turned(n, text, called, here)), None):
        called[other] = fresh_class(other, used)
    lines: list[str] = []
    for name, text in what.definitions:
        if called[name] != name or name not in here:
            lines += [*_renamed(text, called).splitlines(), "", ""]
    changes = [source.before(before, lines)] if lines else []
    imports = [text for text in what.imports if not _imported(source, text)]
    bound = [node for node in source.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    if imports and bound:
        changes.append(source.behind(bound[-1], imports))
    elif imports:
        changes.append(source.before(source.tree.body[0], imports))
    return called, changes


def _turned(name: str, text: str, called: dict[str, str], here: dict[str, str]) -> bool:
    kept = called[name] == name and name in here
    return kept and any(called.get(other, other) != other for other in _names(text))


def _bound(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [item.asname or item.name.partition(".")[0] for item in names]
    return [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def _import_of(source: Source, statement: ast.Import | ast.ImportFrom, name: str) -> str:
    """The statement that imports this name alone."""
    if isinstance(statement, ast.ImportFrom) and statement.level:
        why = f"{name} comes from another file of this program"
        raise source.refusal(statement, why, "copy the block within its program, or copy that file's code first")
    for item in statement.names:
        if (item.asname or item.name.partition(".")[0]) == name:
            said = f"{item.name} as {item.asname}" if item.asname else item.name
            module = f"from {statement.module} " if isinstance(statement, ast.ImportFrom) else ""
            return f"{module}import {said}"
    raise source.refusal(statement, f"{name} is not imported by name", "import it by name")


def _imported(source: Source, text: str) -> bool:
    """Whether a name is imported here as that statement does; raises Refusal where it is something else."""
    wanted = ast.parse(text).body[0]
    assert isinstance(wanted, ast.Import | ast.ImportFrom)
    (name,) = _bound(wanted)
    for statement in source.tree.body:
        if name in _bound(statement):
            if isinstance(statement, ast.Import | ast.ImportFrom) and _meant(statement, name) == _meant(wanted, name):
                return True
            raise source.refusal(statement, f"{name} means something else here", f"give it another name: {text}")
    return False


def _meant(statement: ast.Import | ast.ImportFrom, name: str) -> str:
    """The whole name that a name stands for: `nn` of `import torch.nn as nn` and of `from torch import nn` alike."""
    for item in statement.names:
        if (item.asname or item.name.partition(".")[0]) == name:
            if isinstance(statement, ast.ImportFrom):
                return f"{'.' * statement.level}{statement.module or ''}.{item.name}"
            return item.name if item.asname else name
    return ""


def _same(one: str, other: str) -> bool:
    """Equal but for comments and blanks."""
    return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))


def _names(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def _renamed(text: str, called: dict[str, str]) -> str:
    """The text of a definition with the names that things have here."""
    source = Source(text, "")
    places = [
        (source.start(node), node.id)
        for node in source.nodes
        if isinstance(node, ast.Name) and called.get(node.id, node.id) != node.id
    ]
    (top,) = source.tree.body
    if isinstance(top, _DEFINED) and called.get(top.name, top.name) != top.name:
        keyword = "class" if isinstance(top, ast.ClassDef) else "def"
        places.append((text.index(top.name, text.index(keyword, source.offset(top.lineno, top.col_offset))), top.name))
    for at, name in sorted(set(places), reverse=True):
        text = text[:at] + called[name] + text[at + len(name) :]
    return text
