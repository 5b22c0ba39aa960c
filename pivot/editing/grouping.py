"""Statements of a forward pass become a class of their own with the layers they call, and go back from there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from pivot.editing.names import fresh, is_name, taken
from pivot.editing.operands import self_name
from pivot.editing.source import Change, Source

Function = ast.FunctionDef | ast.AsyncFunctionDef


def group(source: Source, statements: Sequence[ast.stmt], name: str, base: str, call: str) -> list[Change]:
    """Move consecutive statements of a method, and the layers that only they use, into a class `name(base)`.

    `call`: what a forward pass is called, "forward" or "call". Raises Refusal.
    """
    first = statements[0]
    cls, function = source.class_around(first), source.function(first)
    if cls is None or function is None:
        raise source.refusal(first, "these stand in no class", "put the code into a class first")
    if not is_name(name) or name in taken(source):
        raise source.refusal(first, f"the name {name} is taken, or can be none", "choose another name")
    body = source.body_of(first)
    places = sorted(next(at for at, item in enumerate(body) if item is statement) for statement in statements)
    run = body[places[0] : places[-1] + 1]
    if len(run) != len(places):
        raise source.refusal(
            first, "other statements stand between these", "select those too, or move them in the text"
        )
    if any(
        isinstance(node, ast.Return | ast.Break | ast.Continue | ast.Yield) for item in run for node in ast.walk(item)
    ):
        raise source.refusal(first, "one of these leaves the function", "leave it out of the group")
    this = self_name(function) or "self"
    layers = _layers(source, cls, function, run, this)
    needed, given = _inputs(run, this, function), _outputs(run, function, source.end(run[-1]))
    if not given:
        raise source.refusal(first, "nothing of these is used later", "select what gives a tensor, too")
    return _moved(source, cls, run, this, layers, needed, given, name, base, call)


def _layers(
    source: Source, cls: ast.ClassDef, function: Function, run: Sequence[ast.stmt], this: str
) -> list[ast.Assign]:
    """The statements of the constructor that make what the run calls, and nobody else."""
    inside = {id(node) for item in run for node in ast.walk(item)}
    names: dict[str, None] = {}
    for item in run:
        for node in ast.walk(item):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == this:
                names[node.attr] = None
    init = next((n for n in cls.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
    found: list[ast.Assign] = []
    for attribute in names:
        others = [
            node
            for node in ast.walk(cls)
            if isinstance(node, ast.Attribute) and node.attr == attribute and isinstance(node.ctx, ast.Load)
            and id(node) not in inside
        ]  # fmt: skip
        made = [
            statement
            for statement in (init.body if init is not None else [])
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1
            and isinstance(statement.targets[0], ast.Attribute) and statement.targets[0].attr == attribute
        ]  # fmt: skip
        if others or len(made) != 1:
            why = f"self.{attribute} is used elsewhere too, or not made at one place"
            raise source.refusal(run[0], why, "leave what uses it out of the group")
        found += made
    return sorted(found, key=source.start)


def _inputs(run: Sequence[ast.stmt], this: str, function: Function) -> list[str]:
    """The names that the run reads before it binds them."""
    local = _locals(function)
    bound: set[str] = set()
    needed: dict[str, None] = {}
    for item in run:
        loads = [n for n in ast.walk(item) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
        if isinstance(item, ast.AugAssign) and isinstance(item.target, ast.Name):
            loads.append(item.target)
        for node in loads:
            if node.id in local and node.id != this and node.id not in bound:
                needed[node.id] = None
        bound |= {n.id for n in ast.walk(item) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return list(needed)


def _outputs(run: Sequence[ast.stmt], function: Function, end: int) -> list[str]:
    """The names that the run binds and that are read after it."""
    last = run[-1]
    bound = dict.fromkeys(
        n.id for item in run for n in ast.walk(item) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    )
    after: set[str] = set()
    rebound: set[str] = set()
    seen = False
    for item in function.body:
        if not seen:
            seen = item is last or any(node is last for node in ast.walk(item))
            if item is not last:
                continue
            continue
        for node in ast.walk(item):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in rebound:
                after.add(node.id)
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                after.add(node.target.id)
        rebound |= {t.id for t in getattr(item, "targets", ()) if isinstance(t, ast.Name)}
    return [name for name in bound if name in after]


def _locals(function: Function) -> set[str]:
    arguments = function.args
    names = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    names |= {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return names


def _moved(
    source: Source,
    cls: ast.ClassDef,
    run: Sequence[ast.stmt],
    this: str,
    layers: Sequence[ast.Assign],
    needed: Sequence[str],
    given: Sequence[str],
    name: str,
    base: str,
    call: str,
) -> list[Change]:
    line, step = source.newline, _step(source, cls)
    init = next((n for n in cls.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
    passed: dict[str, str] = {}
    made: list[str] = []
    for statement in layers:
        text = _with_parameters(source, statement, this, passed, _locals(init) if init is not None else set())
        made.append(_indented(text, step * 2, source.indent(statement), line))
    parameters = "".join(f", {parameter}" for parameter in passed)
    attribute = fresh(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower(), taken(cls))
    between = source.text[source.line_start(source.start(run[0])) : source.end(run[-1])]
    forward = _indented(between.lstrip(), step * 2, source.indent(run[0]), line)
    block = [
        f"class {name}({base}):",
        f"{step}def __init__({this}{parameters}):",
        f"{step * 2}super().__init__()",
        *made,
        "",
        f"{step}def {call}({this}, {', '.join(needed)}):",
        forward,
        f"{step * 2}return {', '.join(given)}",
        "",
        "",
        "",
    ]
    at = source.line_start(source.start(cls))
    arguments = ", ".join(f"{parameter}={value}" for parameter, value in passed.items())
    new = f"{this}.{attribute} = {name}({arguments})"
    used = f"{', '.join(given)} = {this}.{attribute}({', '.join(needed)})"
    changes = [Change(at, at, line.join(block))]
    changes.append(Change(source.start(run[0]), source.end(run[-1]), used))
    for number, statement in enumerate(layers):
        changes.append(source.over(statement, new) if number == len(layers) - 1 else source.without(statement))
    if not layers:
        if init is None:
            raise source.refusal(cls, f"{cls.name} has no constructor", "write one first")
        changes.append(source.behind(init.body[-1], [new]))
    return changes


def _with_parameters(source: Source, statement: ast.Assign, this: str, passed: dict[str, str], local: set[str]) -> str:
    """A statement of the constructor whose local names, and `self.width`, are parameters of the new class."""
    changes: list[tuple[int, int, str]] = []
    start = source.start(statement)
    for node in ast.walk(statement.value):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == this:
            parameter = node.attr.lstrip("_")
            if passed.get(parameter, source.of(node)) != source.of(node):
                parameter = fresh(parameter, set(passed))
            passed[parameter] = source.of(node)
            changes.append((source.start(node) - start, source.end(node) - start, parameter))
        elif isinstance(node, ast.Name) and node.id in local and node.id != this and isinstance(node.ctx, ast.Load):
            if passed.setdefault(node.id, node.id) != node.id:
                raise source.refusal(node, f"{node.id} means two things here", "give one another name first")
    text = source.of(statement)
    for begin, end, new in sorted(changes, reverse=True):
        text = text[:begin] + new + text[end:]
    return text


def _indented(text: str, indent: str, old: str, line: str) -> str:
    """A text with its first line and those that follow moved to another indent."""
    rows = re.split(r"\r\n|\r|\n", text)
    moved = [indent + rows[0].lstrip()]
    moved += [indent + row[len(old) :] if row.startswith(old) else row for row in rows[1:]]
    return line.join(moved)


def _step(source: Source, cls: ast.ClassDef) -> str:
    inner = source.indent(cls.body[0])
    return inner[len(source.indent(cls)) :] or "    "


def group_entries(source: Source, entries: Sequence[ast.expr], container: str) -> list[Change]:
    """Neighbouring entries of a container in a container of their own. Raises Refusal."""
    parent = source.parents.get(entries[0])
    field = parent.args if isinstance(parent, ast.Call) else getattr(parent, "elts", None)
    if not isinstance(field, list) or any(source.parents.get(entry) is not parent for entry in entries):
        raise source.refusal(entries[0], "these are not entries of one container", "select neighbours")
    places = sorted(next(at for at, item in enumerate(field) if item is entry) for entry in entries)
    if places != list(range(places[0], places[0] + len(places))):
        raise source.refusal(entries[0], "other layers stand between these", "select those too")
    start, end = source.start(field[places[0]]), source.end(field[places[-1]])
    keras = container.startswith(("keras", "tf")) or "keras" in container
    inner = source.text[start:end]
    indent = source.indent(field[places[0]])
    if not source.text[source.line_start(start) : start].strip():
        # Each entry has a line of its own: so has the group, and its entries are indented once more.
        rows = re.split(r"\r\n|\r|\n", inner)
        inner = source.newline + source.newline.join(
            f"    {indent if at == 0 else ''}{row}" for at, row in enumerate(rows)
        )
        inner += f",{source.newline}{indent}"
    return [Change(start, end, f"{container}([{inner}])" if keras else f"{container}({inner})")]


def ungroup_entries(source: Source, container: ast.expr) -> list[Change]:
    """The entries of a nested container in the place of the container. Raises Refusal."""
    if not isinstance(container, ast.Call):
        raise source.refusal(container, "this is not written as a container with its layers", "edit the source text")
    items: Iterable[ast.expr] = container.args
    if len(container.args) == 1 and isinstance(container.args[0], ast.List):
        items = container.args[0].elts
    items = list(items)
    parent = source.parents.get(container)
    inside = isinstance(parent, ast.List | ast.Tuple) or (isinstance(parent, ast.Call) and container in parent.args)
    if not items or not inside or any(isinstance(item, ast.Starred) for item in items):
        raise source.refusal(container, "its layers cannot stand in the place of it", "edit the source text")
    text = source.text[source.start(items[0]) : source.end(items[-1])]
    return [source.over(container, text)]
