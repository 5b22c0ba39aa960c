"""States of recurrent layers that are put together for the source's shape, and only taken apart again.

h = self.gru(x)
h = ops.expand_dims(h, axis=0)      ->      h = self.gru(x)
x = self.fc(h[-1])                          x = self.fc(h)
"""

from __future__ import annotations

import ast

from pivot.reading.walking import replace_below, walk

ENTRIES = "entries"
"""Set on a statement that puts a value together: the names of its entries along the first axis, in order."""


def take_entries(definition: ast.stmt) -> None:
    """Let a function, or the methods of a class, read the entries themselves, where they ask for nothing else."""
    inside = definition.body if isinstance(definition, ast.ClassDef) else [definition]
    for function in [s for s in inside if isinstance(s, ast.FunctionDef)]:
        for statement in [s for s in function.body if ENTRIES in s.__dict__]:
            place = next(i for i, s in enumerate(function.body) if s is statement)
            if isinstance(statement, ast.Assign) and taken(statement, function.body[place + 1 :]):
                del function.body[place]
                name_directly(function.body, place - 1)


def name_directly(body: list[ast.stmt], place: int) -> None:
    """`h = gru(x)`, `last = h` is `last = gru(x)` where nothing else reads h."""
    made, named = body[place], body[place + 1] if place + 1 < len(body) else None
    if not isinstance(made, ast.Assign) or not isinstance(named, ast.Assign) or not isinstance(named.value, ast.Name):
        return
    name, new = named.value.id, named.targets[0]
    bound = [n for n in walk(made.targets[0]) if isinstance(n, ast.Name) and n.id == name]
    said = [k for k in ("before", "tail", "inside") if named.__dict__.get(k)]
    commented = bool(said) or all(s.__dict__.get("behind") for s in (made, named))
    if len(bound) != 1 or not isinstance(new, ast.Name) or len(named.targets) != 1 or commented:
        return
    reads = reads_of(name, body[place + 1 :])
    if reads is None or (len(reads) != 1 and new.id != name):
        return
    bound[0].id = new.id
    if named.__dict__.get("behind"):
        made.__dict__["behind"] = named.__dict__["behind"]
    del body[place + 1]


def taken(statement: ast.Assign, behind: list[ast.stmt]) -> bool:
    """Put entries in the places where they are read, if nothing behind a statement wants the whole."""
    target, names = statement.targets[0], statement.__dict__[ENTRIES]
    reads = reads_of(target.id, behind) if isinstance(target, ast.Name) else None
    if reads is None or not isinstance(target, ast.Name):
        return False
    found: dict[int, str] = {}
    inside: set[int] = set()
    for node in (n for s in behind for n in walk(s)):
        entry = entry_of(node, target.id, names)
        if entry is not None and any(n in reads for n in walk(node)):
            found[id(node)] = entry
            inside |= {id(n) for n in walk(node)}
    if not {id(n) for n in reads} <= inside or bound_again(set(names), target.id, behind):
        return False
    block = ast.Module(behind, [])
    for kind in (ast.Subscript, ast.Call):
        replace_below(block, kind, lambda node: ast.Name(found[id(node)], ast.Load()) if id(node) in found else None)
    return True


def entry_of(node: ast.AST, whole: str, names: list[str]) -> str | None:
    """The entry that an expression takes out of a value: `h[-1]`, `ops.squeeze(h, axis=0)` of the only one."""
    text = ast.unparse(node) if isinstance(node, (ast.Subscript, ast.Call)) else ""
    places = {f"{whole}[{place}]": names[place] for place in range(-len(names), len(names))}
    if len(names) == 1:
        places[f"keras.ops.squeeze({whole}, axis=0)"] = names[0]
    return places.get(text)


def bound_again(names: set[str], whole: str, behind: list[ast.stmt]) -> bool:
    """Does a statement bind one of some names anew, other than the whole's own?"""
    stored = {n.id for s in behind for n in walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return bool(stored & (names - {whole}))


def reads_of(name: str, behind: list[ast.stmt]) -> list[ast.Name] | None:
    """Where statements read a name before they bind it anew; None where a block may do either."""
    found: list[ast.Name] = []
    for statement in behind:
        inside = [n for n in walk(statement) if isinstance(n, ast.Name) and n.id == name]
        stored = any(isinstance(n.ctx, ast.Store) for n in inside)
        if stored and not isinstance(statement, ast.Assign):
            return None
        found += [n for n in inside if isinstance(n.ctx, ast.Load)]
        if stored:
            break
    return found
