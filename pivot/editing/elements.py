"""Layers that stand in a container: an argument of Sequential, an item of a list, what is appended or added."""

from __future__ import annotations

import ast

from pivot.editing.source import Change, Source

_ADDING = {"append", "add", "add_module", "extend", "insert"}


def entry_of(source: Source, made: ast.expr) -> ast.expr:
    """What stands in the container for a layer: `("conv", nn.Conv2d(...))` in a list of named layers, else itself."""
    parent = source.parents.get(made)
    if isinstance(parent, ast.Tuple) and len(parent.elts) == 2 and isinstance(parent.elts[0], ast.Constant):
        return parent
    return made


def behind(source: Source, made: ast.expr, text: str, name: str) -> list[Change]:
    """Put a layer after another one of its container. Raises Refusal."""
    entry = entry_of(source, made)
    if entry is not made:
        text = f'("{name}", {text})'
    parent = source.parents.get(entry)
    if isinstance(parent, ast.Call) and _adds(parent) and entry in parent.args:
        statement = source.statement(parent)
        if isinstance(statement, ast.Expr) and statement.value is parent:
            call = source.text[source.start(parent) : source.start(parent.args[0])].rstrip()
            named = isinstance(parent.args[0], ast.Constant)
            return [source.behind(statement, [f'{call}"{name}", {text})' if named else f"{call}{text})"])]
    if _holds(parent, entry):
        return [_after(source, entry, text)]
    if isinstance(parent, ast.Dict):
        return [_after(source, entry, f'"{name}": {text}')]
    raise source.refusal(made, "this layer is not written as one entry of its container", "edit the source text")


def without(source: Source, made: ast.expr) -> list[Change]:
    """Take a layer out of its container. Raises Refusal."""
    entry = entry_of(source, made)
    parent = source.parents.get(entry)
    if isinstance(parent, ast.Call) and _adds(parent) and entry in parent.args:
        statement = source.statement(parent)
        if isinstance(statement, ast.Expr) and statement.value is parent:
            return [source.without(statement)]
    if _holds(parent, entry):
        return [_cut(source, source.start(entry), source.end(entry))]
    if isinstance(parent, ast.Dict):
        key = parent.keys[parent.values.index(entry)]
        return [_cut(source, source.start(key) if key is not None else source.start(entry), source.end(entry))]
    raise source.refusal(made, "this layer is not written as one entry of its container", "edit the source text")


def _holds(parent: ast.AST | None, entry: ast.expr) -> bool:
    """Whether the entry is one of a sequence: of arguments, of a list or a tuple."""
    if isinstance(parent, ast.Call):
        return entry in parent.args
    return isinstance(parent, ast.List | ast.Tuple) and entry in parent.elts


def _adds(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in _ADDING


def _after(source: Source, entry: ast.expr, text: str) -> Change:
    """A further item, on a line of its own where the entry has one."""
    start, end = source.start(entry), source.end(entry)
    alone = not source.text[source.line_start(start) : start].strip()
    glue = f",{source.newline}{source.indent(entry)}" if alone else ", "
    return Change(end, end, glue + text)


def _cut(source: Source, start: int, end: int) -> Change:
    """An item with the comma behind it, or before it where it is the last; its line goes with it."""
    text = source.text
    first, last = source.line_start(start), source.line_after(end)
    after = end
    while after < len(text) and text[after] in " \t":
        after += 1
    if after < len(text) and text[after] == ",":
        after += 1
        rest = text[after:last].strip()
        if not text[first:start].strip() and (not rest or rest.startswith("#")):
            return Change(first, last, "")
        while after < len(text) and text[after] in " \t":
            after += 1
        return Change(start, after, "")
    before = start
    while before > 0 and text[before - 1].isspace():
        before -= 1
    return Change(before - 1, end, "") if before > 0 and text[before - 1] == "," else Change(start, end, "")
