"""May an expression of one place of the source stand at another? Names, and what the frames between call them."""

from __future__ import annotations

import ast

from codegen.writing.size_origins import argument
from pivot.reading.frames import Frame
from pivot.reading.values import Value


def in_frame(text: ast.expr, inner: Frame, outer: Frame) -> ast.expr | None:
    """An expression of a frame in the words of one that it was called from; None where it has no words there."""
    at: Frame | None = inner
    made: ast.expr | None = text
    while at is not None and at is not outer:
        made = in_caller(made, at) if made is not None else None
        at = at.parent
    return made if at is outer else None


def in_caller(text: ast.expr, frame: Frame) -> ast.expr | None:
    """An expression over parameters of a function, over the arguments of its call."""
    if isinstance(text, ast.Constant):
        return text
    if isinstance(text, ast.BinOp):
        left, right = in_caller(text.left, frame), in_caller(text.right, frame)
        return ast.BinOp(left, text.op, right) if left is not None and right is not None else None
    if isinstance(text, ast.Attribute) and frame.function is not None:
        kept = (
            [s.value for s in frame.function.node.body if isinstance(s, ast.Assign) and same_path(s.targets[0], text)]
            if isinstance(frame.function.node.body, list)
            else []
        )
        return in_caller(kept[0], frame) if len(kept) == 1 and isinstance(kept[0], (ast.Name, ast.Constant)) else None
    if isinstance(text, ast.Name) and frame.function is not None and isinstance(frame.site, ast.Call):
        node = frame.function.node
        names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
        if text.id not in (*names, *(a.arg for a in node.args.kwonlyargs)):
            return None
        if is_stored(node, text.id):
            return None
        place = names.index(text.id) - (frame.receiver is not None) if text.id in names else None
        given = argument(frame.site, place) if place is not None and place >= 0 else None
        given = given if given is not None else argument(frame.site, text.id)
        if given is not None:
            return given
        if any(isinstance(a, ast.Starred) for a in frame.site.args) or any(k.arg is None for k in frame.site.keywords):
            return None
        return default_of(node, text.id)
    return None


def same_path(one: ast.expr, other: ast.expr) -> bool:
    """Are both `self.units`?"""
    both = isinstance(one, ast.Attribute) and isinstance(other, ast.Attribute)
    return both and ast.unparse(one) == ast.unparse(other)


def default_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str) -> ast.expr | None:
    """The default of a parameter, where it is a number."""
    positional = [*node.args.posonlyargs, *node.args.args]
    padded = [None] * (len(positional) - len(node.args.defaults)) + list(node.args.defaults)
    pairs = [*zip(positional, padded, strict=True), *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
    found = next((default for arg, default in pairs if arg.arg == name), None)
    return found if isinstance(found, ast.Constant) else None


def stores(node: ast.AST, name: str) -> list[ast.AST]:
    """Where a name is bound in a function, besides its parameters."""
    return [
        n
        for n in ast.walk(node)
        if isinstance(n, ast.Name) and isinstance(n.ctx, (ast.Store, ast.Del)) and n.id == name
    ]


def is_stored(node: ast.AST, name: str) -> bool:
    """Is a name bound in a function?"""
    return bool(stores(node, name))


def visible(text: ast.expr, frame: Frame, site: ast.expr, same_turn: bool) -> bool:
    """Has every name of an expression its value of before at a site? `same_turn`: of the same loop's same turn."""
    if not all(isinstance(n, ALLOWED) for n in ast.walk(text)):
        return False
    function = frame.function
    if function is None:
        return True  # names of a module are bound once
    changed = {ast.unparse(n) for n in ast.walk(text) if isinstance(n, ast.Attribute)} & set(
        stored_again(function.node)
    )
    return not (changed and not same_turn) and all(
        is_settled(function.node, name.id, site, same_turn) for name in ast.walk(text) if isinstance(name, ast.Name)
    )


def stored_again(node: ast.AST) -> list[str]:
    """The attributes that a function gives another value than their first one: `self.width *= 2`."""
    targets = [n for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
    added = {id(n.target) for n in ast.walk(node) if isinstance(n, ast.AugAssign)}
    texts = [ast.unparse(n) for n in targets]
    return [text for n, text in zip(targets, texts, strict=True) if id(n) in added or texts.count(text) > 1]


ALLOWED = (ast.Name, ast.Constant, ast.BinOp, ast.operator, ast.Attribute, ast.expr_context, ast.UnaryOp, ast.unaryop)


def is_settled(node: ast.AST, name: str, site: ast.expr, same_turn: bool) -> bool:
    """A name that the function never binds, or binds once and outside of loops, before the site."""
    bound = stores(node, name)
    if not bound:
        return True
    body = getattr(node, "body", [])
    plain = [s for s in body if isinstance(s, (ast.Assign, ast.AnnAssign)) and any(b in ast.walk(s) for b in bound)]
    once = len(bound) == 1 and len(plain) == 1 and plain[0].lineno <= site.lineno
    return once or (len(bound) == 1 and same_turn)


def plain_parameters(frame: Frame) -> list[str]:
    """Parameters of a frame's function that are never bound again."""
    if frame.function is None:
        return []
    spec = frame.function.node.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
    return [name for name in names if not is_stored(frame.function.node, name)]


def plain_locals(frame: Frame, site: ast.expr) -> list[str]:
    """Names that a frame's function binds once, outside of conditions and loops, before a site: by one assignment."""
    node = frame.function.node if frame.function is not None else None
    if node is None or isinstance(node, ast.Lambda):
        return []
    bound = [
        statement.targets[0].id
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
        and (statement.end_lineno or statement.lineno) < site.lineno
    ]
    return [name for name in bound if len(stores(node, name)) == 1]


def settled_name(frame: Frame, name: str) -> int | None:
    """The number that a name has in a frame."""
    value = frame.scope.names.get(name)
    hint = value.hint if isinstance(value, Value) else None
    return hint if isinstance(hint, int) and not isinstance(hint, bool) else None
