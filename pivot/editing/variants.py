"""The texts of variants: a definition copied with some changes, and a call that goes to it, on some turns of a loop."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pivot.editing.arguments import given, set_argument
from pivot.editing.frames import Key
from pivot.editing.names import fresh, taken
from pivot.editing.source import Change, Source, apply

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Redirect:
    """A call that is to be another one on a turn: of another callee, or with another argument.

    An argument is (name, place, text, what it is where it is not given).
    """

    site: Key
    turn: int
    kind: Literal["callee", "argument"]
    value: str | tuple[str, int, str, str | None]


@dataclass(frozen=True, slots=True)
class _Place:
    line: int
    column: int
    end_line: int
    end_column: int


def redirected(source: Source, redirect: Redirect, turns: set[int], every: set[int]) -> list[Change]:
    """The changes that make a call another one, on some of the turns on which it is met. Raises Refusal."""
    call = source.at(_Place(*redirect.site[1:]), ast.Call)
    test, changes = ("", []) if turns >= every else _on_turns(source, call, turns)
    if isinstance(redirect.value, tuple):
        name, place, text, default = redirect.value
        old = given(call, name, place)
        before = source.of(old) if old is not None else default
        if test and before is None:
            change = set_argument(source, call, name, place, text)
            start = source.start(call)
            made = apply(source.of(call), [Change(change.start - start, change.end - start, change.text)])
            return [*changes, source.over(call, f"({made} if {test} else {source.of(call)})")]
        if test:
            text = f"{text} if {test} else {before}"
        return [*changes, set_argument(source, call, name, place, text)]
    name = redirect.value
    if isinstance(call.func, ast.Attribute):
        start = source.end(call.func) - len(call.func.attr)
        if isinstance(call.func.value, ast.Name) and call.func.value.id in ("self", "cls"):
            if test:
                text = f"({source.of(call.func.value)}.{name} if {test} else {source.of(call.func)})"
                return [*changes, source.over(call.func, text)]
            return [*changes, Change(start, source.end(call.func), name)]
    return [*changes, source.over(call.func, f"({name} if {test} else {source.of(call.func)})" if test else name)]


def _on_turns(source: Source, call: ast.expr, turns: set[int]) -> tuple[str, list[Change]]:
    """A condition that holds on some turns of the loop around a call, and what the loop needs for it."""
    loops: list[ast.For | ast.comprehension] = []
    branched = False
    for node in source.above(call):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            break
        if isinstance(node, ast.For):
            loops.append(node)
        elif isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
            loops += node.generators
            branched = branched or any(generator.ifs for generator in node.generators)
        elif isinstance(node, ast.While | ast.If | ast.IfExp | ast.Try) and not loops:
            branched = branched or not isinstance(node, ast.Try)
    if len(loops) != 1 or branched:
        return _counted(source, call, turns)
    loop = loops[0]
    name, shift, changes = _counter(source, loop)
    wanted = sorted(turn + shift for turn in turns)
    return _test(name, wanted), changes


def _test(name: str, wanted: list[int]) -> str:
    return f"{name} == {wanted[0]}" if len(wanted) == 1 else f"{name} in ({', '.join(map(str, wanted))})"


def _counted(source: Source, call: ast.expr, turns: set[int]) -> tuple[str, list[Change]]:
    """Loops in loops, or conditions in them: a number that goes up each time the call was made. Raises Refusal."""
    statement = source.statement(call)
    loop: ast.stmt | None = None
    for node in source.above(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            break
        if isinstance(node, ast.For | ast.While):
            loop = node
    inside = any(
        isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.Lambda) for node in _up_to(source, call)
    )
    if loop is None or inside or isinstance(statement, ast.Return):
        why = "its turns cannot be told apart in the text"
        raise source.refusal(call, why, "choose a wider scope, or unroll the loop by hand")
    name = fresh("made", taken(source))
    changes = [source.before(loop, [f"{name} = 0"]), source.behind(statement, [f"{name} += 1"])]
    return _test(name, sorted(turns)), changes


def _up_to(source: Source, node: ast.AST) -> Iterable[ast.AST]:
    """What is around a node in its statement."""
    for found in source.above(node):
        if isinstance(found, ast.stmt):
            return
        yield found


def _counter(source: Source, loop: ast.For | ast.comprehension) -> tuple[str, int, list[Change]]:
    """The name that counts the turns of a loop, what it is on the first one, and what makes it so."""
    names = taken(source)
    plain = isinstance(loop.iter, ast.Call) and isinstance(loop.iter.func, ast.Name) and loop.iter.func.id == "range"
    if plain and isinstance(loop.iter, ast.Call) and isinstance(loop.target, ast.Name) and len(loop.iter.args) < 3:
        first = loop.iter.args[0] if len(loop.iter.args) == 2 else None
        start = first.value if isinstance(first, ast.Constant) and isinstance(first.value, int) else None
        if first is None or start is not None:
            if loop.target.id != "_":
                return loop.target.id, start or 0, []
            name = fresh("index", names)
            return name, start or 0, [source.over(loop.target, name)]
    name = fresh("index", names)
    target = source.of(loop.target)
    if isinstance(loop.target, ast.Tuple) and not target.startswith("("):
        target = f"({target})"
    changes = [
        source.over(loop.target, f"{name}, {target}"),
        source.over(loop.iter, f"enumerate({source.of(loop.iter)})"),
    ]
    return name, 0, changes


def function_variant(source: Source, function: Function, changes: Iterable[Change], name: str) -> Change:
    """A copy of a function with changes under another name, written behind it."""
    text = _copied(source, function, changes)
    start = text.index(function.name, text.index("def ") + 4)
    text = text[:start] + name + text[start + len(function.name) :]
    gap = source.newline if source.class_around(function) is not None else source.newline * 2
    return _behind(source, function, gap + text)


def class_variant(
    source: Source, cls: ast.ClassDef, methods: Sequence[tuple[Function, Iterable[Change]]], name: str
) -> Change:
    """A class that derives from another one and has some of its methods changed, written behind it."""
    indent = source.indent(cls)
    inner = source.indent(methods[0][0])
    lines = [f"{indent}class {name}({cls.name}):", f'{inner}"""{cls.name} with {_listed(methods)} of its own."""']
    text = source.newline.join(lines) + source.newline
    return _behind(source, cls, source.newline * 2 + text + _overriding(source, methods))


def class_methods(source: Source, cls: ast.ClassDef, methods: Sequence[tuple[Function, Iterable[Change]]]) -> Change:
    """Methods that a class inherits, changed and written at its end."""
    return _behind(source, cls, _overriding(source, methods))


def _overriding(source: Source, methods: Sequence[tuple[Function, Iterable[Change]]]) -> str:
    """Copies of methods for a class that derives from theirs."""
    text = ""
    for function, changes in sorted(methods, key=lambda item: source.start(item[0])):
        copied = _copied(source, function, changes)
        # What the base class got from above, the variant gets from there too: the base's own must not run twice.
        own = function.args.args[0].arg if function.args.args else "self"
        owner = source.class_around(function)
        if owner is not None:
            copied = re.sub(r"\bsuper\(\)", f"super({owner.name}, {own})", copied)
        text += source.newline + copied
    return text


def _listed(methods: Sequence[tuple[Function, object]]) -> str:
    names = [
        {"__init__": "parts", "forward": "a forward pass", "call": "a forward pass"}.get(f.name, f.name)
        for f, _ in sorted(methods, key=lambda item: item[0].lineno)
    ]
    return " and ".join(dict.fromkeys(names))


def _copied(source: Source, node: ast.stmt, changes: Iterable[Change]) -> str:
    """The lines of a definition with changes laid over them."""
    start = source.line_start(source.start(node))
    end = source.line_after(source.end(node))
    inside = [change for change in changes if start <= change.start <= end]
    text = apply(source.text[start:end], [Change(c.start - start, c.end - start, c.text) for c in inside], source.file)
    return text if text.endswith(("\n", "\r")) else text + source.newline


def _behind(source: Source, node: ast.stmt, text: str) -> Change:
    at = source.line_after(source.end(node))
    if at == len(source.text) and source.text and source.text[-1] not in "\r\n":
        text = source.newline + text
    return Change(at, at, text)
