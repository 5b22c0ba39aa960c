"""Dead statements of a written function: assignments nobody reads, tests without arms.

Of restated library code only the arms that were taken are written; what was made for the others has no use there:

    scores, allowed = x, mask      =  scores = x
    for layer in range(n): ...     =  for _ in range(n): ...
    if a: (only) if b: ...         =  if a and b: ...
"""

from __future__ import annotations

import ast
import textwrap

from codegen.writing import nodes, paragraphs
from codegen.writing.text.leaves import INDENT, WIDTH
from pivot.reading.walking import walk

INNER = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.GeneratorExp)  # may read a name after it is bound again
PURE_CALLS = {
    "len",
    "prod",
    "isinstance",
    "int",
    "float",
    "min",
    "max",
    "abs",
    "getattr",
    "get",
    "range",
    "sum",
    "tuple",
    "list",
    "str",
    "bool",
    "round",
}


def clean_function(node: ast.FunctionDef, pure: bool = False) -> None:
    """Remove assignments to local names that nothing reads, until none is left.

    `pure`: functions that are called by their name have no effects.
    """
    for _ in range(20):
        parts = walk(node)
        read = {n.id for n in parts if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store)}
        read |= {n for part in parts if isinstance(part, (ast.Global, ast.Nonlocal)) for n in part.names}
        read |= kept_by_changes(parts, pure) | said_by_starts(parts)
        if not prune(node.body, read, pure) and not (pure and prune_ends(node.body)):
            break
    if pure:
        Shorter(read).visit(node)
    stop_counting(parts, read)
    if not node.body:
        node.body = [ast.Pass()]


def without_blanks(node: ast.stmt) -> ast.stmt:
    """`y, _ = f(x), None` is `y = f(x)`: the target's call gives nothing else."""
    target, value = (node.targets[0], node.value) if isinstance(node, ast.Assign) else (None, None)
    if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Tuple) or len(target.elts) != len(value.elts):
        return node
    pairs = list(zip(target.elts, value.elts, strict=True))
    used = [(t, v) for t, v in pairs if not (is_blank(t) and isinstance(v, ast.Constant) and v.value is None)]
    if len(used) == 1 < len(pairs) and not isinstance(used[0][0], ast.Starred):
        assert isinstance(node, ast.Assign)
        node.targets, node.value = [used[0][0]], used[0][1]
    return node


def is_blank(target: ast.expr) -> bool:
    """Is this `_`?"""
    return isinstance(target, ast.Name) and target.id == "_"


def wrap_docstring(node: ast.FunctionDef | ast.ClassDef, depth: int) -> None:
    """Break the lines of a restatement's docstring where they do not fit in; `depth`: definitions around it."""
    first = node.body[0] if node.body else None
    text = ast.get_docstring(node)
    if text is None or not isinstance(first, ast.Expr):
        return
    width = WIDTH - INDENT * (depth + 1) - len('"""' * 2)
    if any(len(line) > width for line in text.split("\n")):
        lines = [part for line in text.split("\n") for part in (textwrap.wrap(line, width) or [""])]
        node.body[0] = nodes.like(ast.Expr(ast.Constant("\n".join(lines))), first)


def prune_ends(body: list[ast.stmt]) -> bool:
    """Drop assignments to names that nothing reads behind them, though something does before."""
    inner = {n.id for s in body for f in walk(s) if isinstance(f, INNER) for n in walk(f) if isinstance(n, ast.Name)}
    read, kept = set(inner), list[ast.stmt]()
    for statement in reversed(body):
        if not (isinstance(statement, ast.Assign) and is_dead(statement, read, True)):
            kept.insert(0, statement)
            read |= {n.id for n in walk(statement) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store)}
            read |= {
                n.target.id for n in walk(statement) if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)
            }
    changed = len(kept) < len(body)
    body[:] = kept
    return changed


class Shorter(ast.NodeTransformer):
    """Restated statements without the parts that nobody reads."""

    def __init__(self, read: set[str]) -> None:
        self.read = read | {"_"}

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """The assignments of several that have a use."""
        target, value = node.targets[0], node.value
        if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Tuple) or len(target.elts) != len(value.elts):
            return node
        pairs = list(zip(target.elts, value.elts, strict=True))
        used = [
            (t, v) for t, v in pairs if not (isinstance(t, ast.Name) and t.id not in self.read and is_pure(v, True))
        ]
        if (
            not used
            or len(used) == len(pairs) > 1
            or any(isinstance(part, ast.Starred) for pair in pairs for part in pair)
        ):
            return node
        if len(used) == 1:
            node.targets, node.value = [used[0][0]], used[0][1]
        else:
            target.elts, value.elts = [t for t, _ in used], [v for _, v in used]
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        """`_` for what only counts."""
        if isinstance(node.target, ast.Name) and node.target.id not in self.read:
            node.target = ast.Name("_", ast.Store())
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        """One condition for two that stand in each other."""
        self.generic_visit(node)
        inner = node.body[0] if len(node.body) == 1 else None
        if isinstance(inner, ast.If) and not node.orelse and not inner.orelse and not inner.__dict__.get("before"):
            node.test = ast.BoolOp(ast.And(), [*joined(node.test), *joined(inner.test)])
            node.body = inner.body
        return node


def joined(test: ast.expr) -> list[ast.expr]:
    """What a test joins by `and`."""
    return list(test.values) if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]


def stop_counting(parts: list[ast.AST], read: set[str]) -> None:
    """`for i, layer in enumerate(layers)` runs over the layers where nothing reads `i` any more."""
    for part in parts:
        if not isinstance(part, (ast.For, ast.comprehension)) or not isinstance(part.iter, ast.Call):
            continue
        loop, target = part.iter, part.target
        is_counted = isinstance(loop.func, ast.Name) and loop.func.id == "enumerate" and len(loop.args) >= 1
        if not is_counted or not isinstance(target, ast.Tuple) or len(target.elts) != 2:
            continue
        count, item = target.elts
        if isinstance(count, ast.Name) and count.id != "_" and count.id not in read:
            part.target, part.iter = item, loop.args[0]


def said_by_starts(parts: list[ast.AST]) -> set[str]:
    """Names in the sizes that initial values are drawn by: `uniform(in_channels * 9)`, which is put in later."""
    keys = (part.__dict__["start"] for part in parts if "start" in part.__dict__)
    texts = (str(key[1]) for key in keys if key[0] == "fan_in")
    return {n.id for text in texts for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}


def kept_by_changes(parts: list[ast.AST], pure: bool) -> set[str]:
    """Names that `name += value` asks for; not counters, which begin as numbers and are only counted on."""
    started: dict[str, bool] = {}
    for part in parts:
        if isinstance(part, ast.Assign):
            is_number = isinstance(part.value, ast.Constant) and isinstance(part.value.value, (int, float))
            for target in part.targets:
                for n in walk(target):
                    if isinstance(n, ast.Name):
                        started[n.id] = started.get(n.id, True) and is_number and n is target
        elif isinstance(part, ast.arg):
            started[part.arg] = False
    return {
        part.target.id
        for part in parts
        if isinstance(part, ast.AugAssign)
        and isinstance(part.target, ast.Name)
        and not (started.get(part.target.id, False) and is_pure(part.value, pure))
    }


def prune(body: list[ast.stmt], read: set[str], pure: bool) -> bool:
    """Drop what is dead in a block; True where something went."""
    changed = False
    for statement in list(body):
        for part in ("body", "orelse"):
            inner = getattr(statement, part, None)
            if isinstance(inner, list) and isinstance(statement, (ast.If, ast.For, ast.While, ast.With)):
                changed |= prune(inner, read, pure)
        if is_dead(statement, read, pure):
            paragraphs.hand_on(body, body.index(statement))
            body.remove(statement)
            changed = True
        elif isinstance(statement, ast.If) and not statement.body and statement.orelse:
            statement.test = ast.UnaryOp(ast.Not(), statement.test)
            statement.body, statement.orelse = statement.orelse, []
            nodes.only_else(statement, statement)
    return changed


def is_dead(node: ast.stmt, read: set[str], pure: bool) -> bool:
    """Has a statement no effect?"""
    if isinstance(node, (ast.If, ast.For, ast.While)) and not node.body and not node.orelse:
        return True
    if isinstance(node, ast.Assign):
        names = [t for t in node.targets if isinstance(t, ast.Name)]
        return len(names) == len(node.targets) and not any(n.id in read for n in names) and is_pure(node.value, pure)
    if isinstance(node, ast.AugAssign):
        return isinstance(node.target, ast.Name) and node.target.id not in read
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return not any((a.asname or a.name.partition(".")[0]) in read for a in node.names)
    if isinstance(node, ast.AnnAssign):
        return (
            isinstance(node.target, ast.Name)
            and node.target.id not in read
            and (node.value is None or is_pure(node.value, pure))
        )
    return False


def is_pure(node: ast.expr, functions: bool = False) -> bool:
    """Does computing an expression change nothing?"""
    for inner in walk(node):
        if isinstance(inner, ast.Call):
            func = inner.func
            name = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
            made = name[:1].isupper()  # an object of a class
            if name not in PURE_CALLS and not (functions and (isinstance(func, ast.Name) or made)):
                return False
        if isinstance(inner, (ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr)):
            return False
    return True
