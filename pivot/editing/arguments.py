"""Arguments of the call that makes a layer or calls a function: found by name or place, written, added."""

from __future__ import annotations

import ast

from pivot.editing.source import Change, Source
from pivot.op import Form, Op
from pivot.slots import Coded, Path


def slot_of(op: Op, framework: str, call: ast.Call, param: str) -> tuple[str, int] | None:
    """(name, place) of the argument that says a parameter of an op where a call spells it; None where none does."""
    spoken = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    for form in op.forms.get(framework, ()):
        if form.spelling in ("call", "method") and form.name.rpartition(".")[2] == spoken:
            found = _in_form(form, param)
            if found is not None:
                return found
    return None


def _in_form(form: Form, param: str) -> tuple[str, int] | None:
    for place, slot in enumerate(form.args):
        value = slot.value
        path = value.path if isinstance(value, Coded) else value
        if isinstance(path, Path) and path.name == param and path.part is None and slot.name:
            # A method's receiver is the first slot, but no argument.
            return slot.name, place - (form.spelling == "method")
    return None


def given(call: ast.Call, name: str, place: int) -> ast.expr | None:
    """The expression of an argument; None where the call leaves it to its default."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if 0 <= place < len(call.args) and not any(isinstance(item, ast.Starred) for item in call.args[: place + 1]):
        return call.args[place]
    return None


def set_argument(source: Source, call: ast.Call, name: str, place: int, text: str) -> Change:
    """Give an argument another value. Raises Refusal where `*` or `**` hide which one it is."""
    found = given(call, name, place)
    if found is not None:
        return source.over(found, text)
    if any(keyword.arg is None for keyword in call.keywords) or any(isinstance(a, ast.Starred) for a in call.args):
        raise source.refusal(call, "this call spreads its arguments", "edit the source text")
    end = source.end(call) - 1
    before = source.text[:end].rstrip()
    if not call.args and not call.keywords:
        return Change(len(before), len(before), f"{name}={text}")
    last = max((*call.args, *call.keywords), key=source.end)
    tail = source.text[source.end(last) : end]
    if tail.lstrip().startswith(","):
        at = source.end(last) + tail.index(",") + 1
        alone = not source.text[source.line_start(source.start(last)) : source.start(last)].strip()
        return Change(at, at, f"{source.newline}{source.indent(last)}{name}={text}," if alone else f" {name}={text},")
    return Change(source.end(last), source.end(last), f", {name}={text}")
