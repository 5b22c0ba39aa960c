"""Arms that only say that a class is not converted, taken together: a chain of them ends in one error."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codegen.writing import nodes
from codegen.writing.unmade import NOTED, stopping


def settled(body: list[ast.stmt]) -> list[ast.stmt]:
    """A body in which such arms went where another error follows anyway, and else stand together behind the others."""
    if not any(NOTED in n.__dict__ for s in body for n in ast.walk(s) if isinstance(n, ast.Raise)):
        return body
    return in_block(body)


def in_block(body: list[ast.stmt]) -> list[ast.stmt]:
    """The same for one block, inner blocks first."""
    out: list[ast.stmt] = []
    for statement in reversed(body):
        if isinstance(statement, ast.If):
            statement.body, statement.orelse = in_block(statement.body), in_block(statement.orelse)
            made = without_stop(statement, out)
        else:
            for name in ("body", "orelse", "finalbody"):
                inner = getattr(statement, name, None)
                if isinstance(inner, list) and not isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                    setattr(statement, name, in_block(inner))
            made = [statement]
        out = [*made, *out]
    return out


def without_stop(node: ast.If, behind: list[ast.stmt]) -> list[ast.stmt]:
    """What stands for a condition whose inner blocks are settled; `behind` follows it."""
    if not is_stop(node.body) or not is_pure(node.test):
        return [node]
    rest = node.orelse
    if is_stop(rest):
        return [together(node.body, rest)]
    if fails([*rest, *behind], choices(node.test)):
        certain(behind)
        return certain(rest)
    if len(rest) == 1 and isinstance(rest[0], ast.If):
        return [sunk(node, rest[0], behind)]
    return [node]


def sunk(node: ast.If, other: ast.If, behind: list[ast.stmt]) -> ast.If:
    """A stopping arm behind the `elif` that follows it, where both cannot hold; with it, where that stops too."""
    mine, theirs = choices(node.test), choices(other.test)
    if is_stop(other.body) and is_pure(other.test):
        made = ast.If(either(node.test, other.test), [together(node.body, other.body)], other.orelse)
        return nodes.like(made, node)
    if mine is None or theirs is None or mine[0] != theirs[0] or overlap(mine[1], theirs[1]):
        return node
    last = ast.If(node.test, node.body, other.orelse)
    other.orelse = without_stop(last, behind)
    return other


def certain(body: list[ast.stmt]) -> list[ast.stmt]:
    """`assert False, text` that options end in which were arms of their own is an error under `python -O` too."""
    for holder in blocks(body):
        for place, statement in enumerate(holder):
            if isinstance(statement, ast.Assert) and is_false(statement.test):
                text = [statement.msg] if statement.msg is not None else []
                holder[place] = nodes.like(ast.Raise(nodes.call("AssertionError", text), None), statement)
    return body


def blocks(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """A block and the arms that follow it in a chain."""
    yield body
    for statement in body:
        if isinstance(statement, ast.If):
            yield from blocks(statement.orelse)


def fails(body: Sequence[ast.stmt], asked: tuple[str, list[object]] | None) -> bool:
    """Do statements end in an error for a subject with one of these values?"""
    if not body:
        return False
    first = body[0]
    if isinstance(first, ast.Raise) or (isinstance(first, ast.Assert) and is_false(first.test)):
        return True
    if isinstance(first, ast.If) and asked is not None:
        theirs = choices(first.test)
        if theirs is not None and theirs[0] == asked[0] and not overlap(asked[1], theirs[1]):
            return fails([*first.orelse, *body[1:]], asked)
    return False


def choices(test: ast.expr) -> tuple[str, list[object]] | None:
    """The subject of `kind == "a"`, `kind in ("a", "b")` and of several of them behind `or`, and the values."""
    if isinstance(test, ast.BoolOp):
        found = [choices(part) for part in test.values]
        if isinstance(test.op, ast.And):
            return next((one for one in found if one is not None), None)
        subjects = {one[0] if one is not None else "" for one in found}
        if len(subjects) != 1 or "" in subjects:
            return None
        return subjects.pop(), [value for one in found if one is not None for value in one[1]]
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not is_looked_up(test.left):
        return None
    other = test.comparators[0]
    if isinstance(test.ops[0], ast.Eq) and is_text(other):
        return ast.dump(test.left), [other.value]  # type: ignore[attr-defined]
    if isinstance(test.ops[0], ast.In) and isinstance(other, (ast.Tuple, ast.List, ast.Set)):
        if all(is_text(one) for one in other.elts):
            return ast.dump(test.left), [one.value for one in other.elts]  # type: ignore[attr-defined]
    return None


def overlap(some: list[object], others: list[object]) -> bool:
    """Is a value among both?"""
    return any(a == b for a in some for b in others)


def either(first: ast.expr, other: ast.expr) -> ast.expr:
    """Both tests in one: `kind in ("a", "b")` where they ask the same."""
    a, b = whole_choices(first), whole_choices(other)
    if a is not None and b is not None and a[0] == b[0]:
        subject = first.left if isinstance(first, ast.Compare) else None
        if subject is not None:
            values = list(dict.fromkeys([*a[1], *b[1]]))
            return ast.Compare(subject, [ast.In()], [ast.Tuple([nodes.literal(v) for v in values], ast.Load())])
    parts = [
        p for t in (first, other) for p in (t.values if isinstance(t, ast.BoolOp) and isinstance(t.op, ast.Or) else [t])
    ]
    return ast.BoolOp(ast.Or(), parts)


def whole_choices(test: ast.expr) -> tuple[str, list[object]] | None:
    """Choices of a test that asks nothing else."""
    return choices(test) if isinstance(test, ast.Compare) else None


def together(first: Sequence[ast.stmt], other: Sequence[ast.stmt]) -> ast.stmt:
    """One error for two."""
    file, line, names = first[0].__dict__[NOTED]
    more = other[0].__dict__[NOTED][2]
    return nodes.like(stopping(file, line, list(dict.fromkeys([*names, *more]))), first[0])


def is_stop(body: Sequence[ast.stmt]) -> bool:
    """Is a block only the error for a class that is not converted?"""
    return len(body) == 1 and NOTED in body[0].__dict__


def is_false(test: ast.expr) -> bool:
    """`False`."""
    return isinstance(test, ast.Constant) and not test.value


def is_text(node: ast.expr) -> bool:
    """A text or a number."""
    return isinstance(node, ast.Constant) and isinstance(node.value, (str, int))


def is_looked_up(node: ast.expr) -> bool:
    """`name`, `self.name`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


PURE = (ast.Name, ast.Attribute, ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Tuple, ast.List, ast.Set)


def is_pure(test: ast.expr) -> bool:
    """Does nothing happen but an answer where a test is asked?"""
    parts = (n for n in ast.walk(test) if isinstance(n, ast.expr))
    return all(isinstance(n, PURE) or is_question(n) for n in parts)


def is_question(node: ast.expr) -> bool:
    """`isinstance(x, str)`, `len(x)`, `kind.endswith("max")`."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr in ("startswith", "endswith", "lower", "upper")
    return isinstance(node.func, ast.Name) and node.func.id in (
        "isinstance",
        "issubclass",
        "hasattr",
        "len",
        "callable",
    )
