"""Arguments of the call that makes a layer or calls a function: found by name or place, written, added."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from pivot.codecs.base import NoForm
from pivot.editing.source import Change, Source
from pivot.op import Form, Op
from pivot.params import BadValue
from pivot.problems import refuse
from pivot.references import codec_of
from pivot.slots import Coded, NotationError, Path, Slot
from pivot.spelling import PlainFacts, refs_by_role


@dataclass(frozen=True, slots=True)
class Argument:
    """The argument of a form that says a parameter: its name, its place in the call, how it is written."""

    form: Form
    slot: Slot
    name: str
    place: int

    def text(self, given: str, params: Mapping[str, object]) -> str:
        """A value as this form writes it: `given` is in its own notation already, or in that of the op. Raises Refusal
        where it is neither.
        """
        kind = self.slot.value
        if not isinstance(kind, Coded):
            return given
        try:
            value = ast.literal_eval(given)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return given  # an expression of the program
        codec = codec_of(kind)
        try:
            refs = refs_by_role(self.form, codec.roles, kind.refs, params, PlainFacts(params))
            codec.read(value, refs)
        except (NoForm, BadValue, NotationError, LookupError, ValueError, TypeError):
            pass
        else:
            return given
        try:
            return repr(codec.write(value, refs_by_role(self.form, codec.roles, kind.refs, params, PlainFacts(params))))
        except (NoForm, BadValue, NotationError, LookupError, ValueError, TypeError) as error:
            why = f"{given} cannot be said as {self.name} ({error})"
            raise refuse("edit-literal", "", 0, 0, why, "write it as the framework does") from None


def slot_of(op: Op, framework: str, call: ast.Call, param: str) -> Argument | None:
    """The argument that says a parameter of an op where a call spells it; None where none does."""
    spoken = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    for form in op.forms.get(framework, ()):
        if form.spelling in ("call", "method") and form.name.rpartition(".")[2] == spoken:
            for place, slot in enumerate(form.args):
                value = slot.value
                path = value.path if isinstance(value, Coded) else value
                if isinstance(path, Path) and path.name == param and path.part is None and slot.name:
                    # A method's receiver is the first slot, but no argument.
                    return Argument(form, slot, slot.name, place - (form.spelling == "method"))
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
