"""A block that a class makes once goes back into it: its layers become attributes, its forward pass statements."""

from __future__ import annotations

import ast
import re

from pivot.editing.names import fresh, taken
from pivot.editing.operands import self_name
from pivot.editing.source import Change, Source, apply

Function = ast.FunctionDef | ast.AsyncFunctionDef


def ungroup(source: Source, made: ast.Assign, site: ast.expr, block: ast.ClassDef, call: str) -> list[Change]:
    """Write what `self.block = Block(...)` makes, and what `self.block(x)` does, where these stand. Raises Refusal.

    The class stays as it is: others may use it.
    """
    outer, statement = source.class_around(made), source.statement(site)
    init = next((n for n in block.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
    forward = next((n for n in block.body if isinstance(n, ast.FunctionDef) and n.name == call), None)
    target = made.targets[0]
    if outer is None or init is None or forward is None or not isinstance(target, ast.Attribute):
        raise source.refusal(made, f"{block.name} has no constructor and forward pass of its own", "edit the text")
    if not isinstance(made.value, ast.Call) or not isinstance(site, ast.Call):
        raise source.refusal(made, "this is not one call of the class", "edit the source text")
    used = taken(source)
    attributes = {
        node.attr: fresh(f"{target.attr}_{node.attr}", used)
        for node in ast.walk(block)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
        and node.value.id == (self_name(init) or "self")
    }  # fmt: skip
    making = [item for item in init.body if not _is_super(item) and not _is_doc(item)]
    steps = [item for item in forward.body if not _is_doc(item)]
    last = steps[-1] if steps else None
    if not isinstance(last, ast.Return) or last.value is None or any(_leaves(item) for item in (*making, *steps[:-1])):
        raise source.refusal(forward, f"{block.name} does not end in one return", "edit the source text")
    lines = _inlined(source, init, making, made.value, attributes, _this(source, made))
    inner = _inlined(source, forward, steps[:-1], site, attributes, _this(source, statement))
    result = _renamed(source, last.value, inner[1])
    changes = [_instead(source, made, lines[0])]
    if inner[0]:
        changes.append(source.before(statement, inner[0]))
    changes.append(source.over(site, result))
    return changes


def _inlined(
    source: Source,
    function: Function,
    body: list[ast.stmt],
    call: ast.Call,
    attributes: dict[str, str],
    this: str,
) -> tuple[list[str], dict[str, str]]:
    """The statements of a method with its parameters replaced, and what each of its names is called now."""
    own = self_name(function) or "self"
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)][1:]
    every = names + [argument.arg for argument in function.args.kwonlyargs]
    spread = any(k.arg is None for k in call.keywords) or any(isinstance(item, ast.Starred) for item in call.args)
    if spread or function.args.vararg or function.args.kwarg:
        raise source.refusal(call, "this call spreads its arguments", "edit the source text")
    given: dict[str, str] = {name: source.of(value) for name, value in zip(names, call.args, strict=False)}
    given.update({k.arg: source.of(k.value) for k in call.keywords if k.arg is not None})
    defaults = dict(zip(reversed(names), (source.of(d) for d in reversed(function.args.defaults)), strict=False))
    for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if default is not None:
            defaults[argument.arg] = source.of(default)
    stored = {n.id for item in body for n in ast.walk(item) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    lines: list[str] = []
    meaning = {own: this} | {f".{name}": new for name, new in attributes.items()}
    for name in every:
        value = given.get(name, defaults.get(name))
        if value is None:
            raise source.refusal(call, f"{name} is not given here", "edit the source text")
        if name in stored or not re.fullmatch(r"[\w.]+|'[^']*'|\"[^\"]*\"", value):
            if value != name:
                local = fresh(name, _names(source, call))
                lines.append(f"{local} = {value}")
                meaning[name] = local
            continue
        meaning[name] = value
    for name in stored - set(every):
        meaning[name] = fresh(name, _names(source, call))
    for item in body:
        text = _renamed(source, item, meaning)
        rows = re.split(r"\r\n|\r|\n", text)
        old = source.indent(item)
        lines += [rows[0], *(row[len(old) :] if row.startswith(old) else row for row in rows[1:])]
    return lines, meaning


def _names(source: Source, call: ast.AST) -> set[str]:
    """What means something in the function that the block goes into."""
    function = source.function(call)
    return {
        node.id if isinstance(node, ast.Name) else node.arg
        for node in (ast.walk(function) if function is not None else ())
        if isinstance(node, ast.Name | ast.arg)
    }


def _renamed(source: Source, node: ast.AST, meaning: dict[str, str]) -> str:
    """The text of a node with names, and attributes of the object, called as they are called now."""
    start = source.start(node)
    changes: list[Change] = []
    own = next((name for name in meaning if not name.startswith(".")), "self")
    for item in ast.walk(node):
        if isinstance(item, ast.Attribute) and isinstance(item.value, ast.Name) and item.value.id == own:
            new = meaning.get(f".{item.attr}")
            if new is not None:
                end = source.end(item) - start
                changes.append(Change(end - len(item.attr), end, new))
        if isinstance(item, ast.Name) and item.id in meaning and meaning[item.id] != item.id:
            changes.append(Change(source.start(item) - start, source.end(item) - start, meaning[item.id]))
    return apply(source.of(node), changes, source.file)


def _instead(source: Source, statement: ast.stmt, lines: list[str]) -> Change:
    indent = source.indent(statement)
    return source.over(statement, f"{source.newline}{indent}".join(lines) or "pass")


def _this(source: Source, node: ast.AST) -> str:
    function = source.function(node)
    return (self_name(function) if function is not None else None) or "self"


def _is_super(statement: ast.stmt) -> bool:
    return "super" in {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


def _is_doc(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _leaves(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Return | ast.Yield) for node in ast.walk(statement))
