"""What a program does with a table: may a row go, without another row or another answer in its place?

A row may go where asking for its key is an error then. `key in table` and `table.get(key)` answer without one, so what
follows on the answer has to be an error: `if key not in table: raise`, `return other[key]` where `other` lacks it too.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence

Lacks = Callable[[str, object], bool]
"""Will the table of this name have no row of this key?"""
Path = tuple[ast.AST, ...]
"""A mention of a table and what it stands in, the outermost first."""


def mentions(part: ast.AST, names: set[str], above: Path = ()) -> Iterator[Path]:
    """Where one of these names, or an attribute of that name, is read."""
    path = (*above, part)
    name = part.id if isinstance(part, ast.Name) else part.attr if isinstance(part, ast.Attribute) else ""
    if name in names and isinstance(part.ctx, ast.Load):  # type: ignore[attr-defined]
        yield path
    for child in ast.iter_child_nodes(part):
        yield from mentions(child, names, path)


def ends_in_error(path: Path, key: object, lacks: Lacks) -> bool:
    """Is whatever this mention asks of a key that the table lacks answered by an error?"""
    node, parent = path[-1], path[-2] if len(path) > 1 else None
    if isinstance(parent, ast.Subscript):
        return parent.value is node
    if any(isinstance(p, ast.Raise) for p in path) or in_message(path):
        return True  # a text about what there is
    if isinstance(parent, ast.Compare):
        return answered_by_error(path[:-1], key, lacks)
    if not isinstance(parent, ast.Attribute) or len(path) < 3 or not isinstance(path[-3], ast.Call):
        return False
    call = path[-3]
    if parent.attr == "update":
        return call.func is parent and is_update(call)
    if parent.attr == "keys":
        return len(path) > 3 and isinstance(path[-4], ast.Compare) and answered_by_error(path[:-3], key, lacks)
    return parent.attr == "get" and nothing_by_default(call) and none_is_error(path[:-2])


def in_message(path: Path) -> bool:
    """Does a mention stand in the text of an `assert`?"""
    return any(isinstance(a, ast.Assert) and a.msg is b for a, b in itertools.pairwise(path))


def nothing_by_default(call: ast.Call) -> bool:
    """`table.get(key)`, `table.get(key, None)`."""
    rest = call.args[1:]
    return not call.keywords and all(isinstance(a, ast.Constant) and a.value is None for a in rest)


def none_is_error(path: Path) -> bool:
    """Is None an error, as what this call gives: called at once, or checked by the next statement?"""
    call, parent = path[-1], path[-2]
    if isinstance(parent, ast.Call):
        return parent.func is call
    if not isinstance(parent, ast.Assign) or len(parent.targets) != 1 or not isinstance(parent.targets[0], ast.Name):
        return False
    behind = following(path[:-1])
    if not behind:
        return False
    first, name = behind[0], parent.targets[0].id
    if isinstance(first, ast.Assert):
        return asks_none(first.test, name, ast.IsNot)
    return isinstance(first, ast.If) and asks_none(first.test, name, ast.Is) and fails(first.body)


def asks_none(test: ast.expr, name: str, op: type[ast.cmpop]) -> bool:
    """`name is None`, or `name is not None`."""
    if not isinstance(test, ast.Compare) or not isinstance(test.left, ast.Name) or test.left.id != name:
        return False
    other = test.comparators[0]
    return isinstance(test.ops[0], op) and isinstance(other, ast.Constant) and other.value is None


def answered_by_error(path: Path, key: object, lacks: Lacks) -> bool:
    """Does the answer of `key in table`, the end of the path, lead to an error where the table lacks the key?"""
    asked, holder = path[-1], path[-2] if len(path) > 1 else None
    if not isinstance(asked, ast.Compare) or len(asked.ops) != 1:
        return False
    inside = isinstance(asked.ops[0], ast.In)
    if isinstance(holder, ast.BoolOp) and isinstance(holder.op, ast.And if inside else ast.Or):
        path = path[:-1]
    test, holder = path[-1], path[-2] if len(path) > 1 else None
    if isinstance(holder, ast.Assert):
        return inside and holder.test is test
    if not isinstance(holder, ast.If) or holder.test is not test:
        return False
    missing = holder.orelse if inside else holder.body
    return leads_to_error([*missing, *following(path[:-1])], asked.left, key, lacks)


def leads_to_error(body: Sequence[ast.stmt], subject: ast.expr, key: object, lacks: Lacks) -> bool:
    """Do statements end in an error where `subject` is a key that these tables lack?"""
    if not body:
        return False
    first = body[0]
    if fails([first]):
        return True
    if isinstance(first, (ast.Return, ast.Assign)) and first.value is not None:
        parts = [n for n in ast.walk(first.value) if isinstance(n, ast.Subscript) and same(n.slice, subject)]
        return any(isinstance(n.value, ast.Name) and lacks(n.value.id, key) for n in parts)
    if isinstance(first, ast.If) and isinstance(first.test, ast.Compare) and len(first.test.ops) == 1:
        test, other = first.test, first.test.comparators[0]
        asks = same(test.left, subject) and isinstance(other, ast.Name) and lacks(other.id, key)
        if asks and isinstance(test.ops[0], (ast.In, ast.NotIn)):
            arm = first.orelse if isinstance(test.ops[0], ast.In) else first.body
            return leads_to_error([*arm, *body[1:]], subject, key, lacks)
    return False


def following(path: Path) -> list[ast.stmt]:
    """What runs behind the statement at the end of a path, up to the end of the function."""
    found: list[ast.stmt] = []
    for owner, child in reversed(list(itertools.pairwise(path))):
        for _, block in ast.iter_fields(owner):
            if isinstance(block, list) and any(child is one for one in block):
                place = next(i for i, one in enumerate(block) if one is child)
                found.extend(one for one in block[place + 1 :] if isinstance(one, ast.stmt))
        if isinstance(owner, (ast.For, ast.While, ast.Try, ast.FunctionDef, ast.Lambda)):
            break
    return found


def fails(body: Sequence[ast.stmt]) -> bool:
    """Does a block begin with an error?"""
    first = body[0] if body else None
    false = isinstance(first, ast.Assert) and isinstance(first.test, ast.Constant) and not first.test.value
    return isinstance(first, ast.Raise) or false


def same(one: ast.expr, other: ast.expr) -> bool:
    """Are two expressions spelled alike?"""
    return ast.dump(one) == ast.dump(other)


def only_asked_for(path: Path) -> bool:
    """Is a collection of classes only asked whether it has one: `cls in NORMS`?"""
    parent = path[-2] if len(path) > 1 else None
    if isinstance(parent, ast.Compare):
        return len(parent.ops) == 1 and isinstance(parent.ops[0], (ast.In, ast.NotIn)) and parent.left is not path[-1]
    return any(isinstance(p, ast.Raise) for p in path) or in_message(path)


def gathered_into(path: Path) -> str:
    """`NORMS` of `NORMS = {cls for name, cls in table.items()}`, where the mention is that of the table; else ""."""
    statement = path[0]
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return ""
    target, value = statement.targets[0], statement.value
    if not isinstance(target, ast.Name) or not isinstance(value, (ast.SetComp, ast.ListComp)):
        return ""
    taken = value.generators[0].iter
    at = path[-1]
    call = isinstance(taken, ast.Call) and not taken.args and isinstance(taken.func, ast.Attribute)
    if call and taken.func.attr in ("values", "items") and taken.func.value is at:  # type: ignore[attr-defined]
        return target.id if len(value.generators) == 1 and not value.generators[0].ifs else ""
    return ""


def receiver_of_update(path: Path) -> str:
    """`every` of `every.update(table)`; "" for everything else."""
    call = path[-2] if len(path) > 1 else None
    return call.func.value.id if call is not None and is_update(call) and call.args[0] is path[-1] else ""  # type: ignore[attr-defined]


def handed_to(path: Path) -> tuple[str, str]:
    """`(Rows, made)` of `made = Rows(table)`, a statement; else empty names."""
    statement, at = path[0], path[-1]
    if isinstance(statement, ast.Assign) and len(path) == 3 and isinstance(statement.value, ast.Call):
        call, target = statement.value, statement.targets[0]
        alone = len(call.args) == 1 and call.args[0] is at and not call.keywords and len(statement.targets) == 1
        if alone and isinstance(call.func, ast.Name) and isinstance(target, ast.Name):
            return call.func.id, target.id
    return "", ""


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
