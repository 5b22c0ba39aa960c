"""Source arguments matched to the operands and parameters of an op: by name, by position, by type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from codegen.mapping.call import Argument, Call
from pivot.codecs.base import NoForm
from pivot.codecs.registry import all_codecs
from pivot.op import Form, Op
from pivot.params import BadValue, normal_value
from pivot.slots import MISSING, Coded, Flag, Ignored, Literal, Operand, Path, SizeOf, Slot, SlotValue, Used

IGNORED = "_"


@dataclass(frozen=True, slots=True)
class Row:
    """One source argument and what it means: "@x", "stride", "pair(stride)", "_" for nothing.

    `by` says how that was found: name, position, type, hand, or "" where nothing was.
    """

    argument: Argument
    meaning: str = IGNORED
    by: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A call mapped to one op; `constants` are parameters that the call does not give, as Python literals."""

    op: str
    rows: tuple[Row, ...]
    applied: tuple[Row, ...] = ()
    constants: tuple[tuple[str, str], ...] = ()

    def with_row(self, index: int, meaning: str, applied: bool = False) -> Draft:
        """Another meaning for one argument, given by hand."""
        rows = list(self.applied if applied else self.rows)
        rows[index] = replace(rows[index], meaning=meaning.strip() or IGNORED, by="hand")
        return replace(self, applied=tuple(rows)) if applied else replace(self, rows=tuple(rows))

    def with_constant(self, name: str, text: str) -> Draft:
        """Another value for a parameter; an empty text takes it away."""
        kept = tuple((key, value) for key, value in self.constants if key != name)
        return replace(self, constants=(*kept, (name, text.strip())) if text.strip() else kept)


def match(call: Call, op: Op, framework: str) -> Draft:
    """The best guess of what the arguments of a call mean for an op."""
    form = template(op, call, framework)
    is_layer = call.kind == "layer"
    taken: set[str] = set()
    slots = form.args if form is not None else ()
    rows = _rows(call.arguments, slots, op, taken, operands=not is_layer)
    applied: tuple[Row, ...] = ()
    if is_layer:
        over = form.apply if form is not None and form.kind == "layer" else ()
        applied = _rows(call.applied, over, op, taken, operands=True)
    return Draft(op.name, rows, applied)


def template(op: Op, call: Call, framework: str) -> Form | None:
    """The op's own form in the source's framework that is spelled most like the call."""
    forms = [form for form in op.forms.get(framework, ()) if form.spelling not in ("body", "code")]
    ranked = sorted(forms, key=lambda form: (form.kind != call.kind, form.spelling != call.spelling))
    return ranked[0] if ranked else None


def choices(op: Op, call: Call, framework: str, argument: Argument) -> list[str]:
    """What an argument can mean: the operands or parameters of the op, then nothing."""
    form = template(op, call, framework)
    own = [text_of(slot.value) for slot in (*form.args, *form.apply)] if form is not None else []
    operands = [f"@{name}" for name in (*op.inputs, *op.weights)]
    params = list(dict.fromkeys([*(text for text in own if _is_param(text)), *op.params]))
    first, second = (operands, params) if argument.kind in ("tensor", "tensors") else (params, operands)
    return [*first, *second, IGNORED]


def unsaid(draft: Draft, op: Op) -> tuple[str, ...]:
    """The parameters that no argument says, those that need a value first."""
    said = {name for row in (*draft.rows, *draft.applied) for name in names_of(row.meaning)}
    left = [name for name in op.params if name not in said]
    return tuple(sorted(left, key=lambda name: not is_needed(op, name)))


def is_needed(op: Op, name: str) -> bool:
    """Must a parameter have a value?"""
    spec = op.params[name]
    return spec.default is MISSING and not spec.type.optional


def names_of(meaning: str) -> Iterator[str]:
    """The parameter or operand that a meaning names: `pair(stride)` -> stride, `@x` -> x."""
    inner = meaning.rstrip(")").rpartition("(")[2] if "(" in meaning else meaning
    yield inner.lstrip("@").split(",")[0].strip(" []")


def text_of(value: SlotValue) -> str:
    """What a slot takes, as an op file writes it."""
    match value:
        case Path():
            return str(value)
        case Coded():
            refs = [repr(ref.value) if isinstance(ref, Literal) else str(ref) for ref in value.refs]
            return f"{value.codec}({', '.join([str(value.path), *refs])})"
        case Operand():
            inside = ", ".join(value.names)
            if value.form in ("list", "tuple"):
                return f"@[{inside}]" if value.form == "list" else f"@({inside})"
            plain = value.codec is None and value.form == "one"
            return f"@{inside}" if plain else f"@{value.codec or value.form}({inside})"
        case SizeOf():
            return f"{'sizes' if value.listed else 'size'}({value.operand}.{value.letter})"
        case Flag():
            return f"!{value.name}"
        case Literal():
            return repr(value.value)
    return IGNORED


def _rows(
    arguments: Sequence[Argument], slots: Sequence[Slot], op: Op, taken: set[str], operands: bool
) -> tuple[Row, ...]:
    found: list[Row | None] = [None] * len(arguments)
    by_name = {slot.name: slot for slot in slots if slot.name is not None}
    for at, argument in enumerate(arguments):
        if argument.keyword is None:
            continue
        slot = by_name.get(argument.keyword)
        if slot is not None and _fits(argument, slot.value, op):
            found[at] = _take(argument, text_of(slot.value), "name", taken)
        elif argument.keyword in op.params and _suits(argument, op, argument.keyword):
            found[at] = _take(argument, argument.keyword, "name", taken)
        elif argument.keyword in op.inputs and argument.kind != "value":
            found[at] = _take(argument, f"@{argument.keyword}", "name", taken)
    for at, argument in enumerate(arguments):
        if found[at] is None and argument.keyword is not None:
            found[at] = _by_near_name(argument, slots, op, taken)
    places = [slot for slot in slots if not slot.keyword]
    for at, argument in enumerate(arguments):
        if argument.keyword is None and at < len(places) and found[at] is None:
            text = text_of(places[at].value)
            if _fits(argument, places[at].value, op) and not set(names_of(text)) & taken:
                found[at] = _take(argument, text, "position", taken)
    for at, argument in enumerate(arguments):
        if found[at] is None:
            found[at] = _by_type(argument, slots, op, taken, operands)
    return tuple(row for row in found if row is not None)


def _take(argument: Argument, meaning: str, by: str, taken: set[str]) -> Row:
    taken.update(name for name in names_of(meaning) if meaning != IGNORED)
    return Row(argument, meaning, by)


def _by_near_name(argument: Argument, slots: Sequence[Slot], op: Op, taken: set[str]) -> Row | None:
    """What has the name but for case, underscores and a plural: `shift` is `shifts`, `kernelSize` is `kernel_size`."""
    wanted = _plain(argument.keyword or "")
    named = {
        slot.name: text_of(slot.value) for slot in slots if slot.name is not None and _fits(argument, slot.value, op)
    }
    named |= {name: name for name in op.params if name not in named and _suits(argument, op, name)}
    near = {text for name, text in named.items() if _plain(name) == wanted and not set(names_of(text)) & taken}
    return _take(argument, near.pop(), "name", taken) if len(near) == 1 else None


def _plain(name: str) -> str:
    return name.replace("_", "").casefold().rstrip("s")


def _by_type(argument: Argument, slots: Sequence[Slot], op: Op, taken: set[str], operands: bool) -> Row:
    """The first operand for a tensor, the only parameter for a value; else nothing."""
    if argument.kind in ("tensor", "tensors"):
        for name, spec in op.inputs.items():
            if operands and name not in taken and spec.many == (argument.kind == "tensors"):
                return _take(argument, f"@{name}", "type", taken)
        return Row(argument)
    if argument.kind != "value" or argument.value == "None":
        return Row(argument, IGNORED, "type" if argument.value == "None" else "")
    coded = {str(slot.value.path): text_of(slot.value) for slot in slots if isinstance(slot.value, Coded)}
    free = [name for name in op.params if name not in taken and _suits(argument, op, name)]
    needed = [name for name in free if is_needed(op, name)] or free
    if len(needed) == 1:
        return _take(argument, coded.get(needed[0], needed[0]), "type", taken)
    return Row(argument)


def _fits(argument: Argument, value: SlotValue, op: Op) -> bool:
    """Can an argument stand in a slot?"""
    match value:
        case Operand():
            spec = op.inputs.get(value.names[0])
            many = (spec is not None and spec.many) or value.form in ("list", "tuple")
            if argument.kind == "value":
                return argument.value == "None" or (spec is not None and spec.number)
            return argument.kind == ("tensors" if many else "tensor")
        case Path():
            return argument.kind == "value" and (value.index is not None or _suits(argument, op, value.name))
        case Coded():
            return argument.kind == "value" and _reads(argument, value, op)
        case SizeOf():
            return argument.kind == "value"
        case Ignored() | Flag() | Used() | Literal():
            return argument.kind == "value"
    return False


def _reads(argument: Argument, value: Coded, op: Op) -> bool:
    codec = all_codecs().get(value.codec)
    if codec is None or value.refs:
        return codec is not None
    try:
        meant = codec.read(argument.plain(), {}) if argument.value != "None" or codec.takes_none else None
        normal_value(op.params[value.path.name].type, meant, None)
    except (NoForm, BadValue, ValueError, TypeError, KeyError):
        return False
    return True


def _suits(argument: Argument, op: Op, name: str) -> bool:
    """Is the value of an argument one that a parameter can have?"""
    if argument.kind != "value":
        return False
    try:
        normal_value(op.params[name].type, argument.plain(), None)
    except (BadValue, ValueError, TypeError):
        return False
    return True


def _is_param(text: str) -> bool:
    return text != IGNORED and not text.startswith(("@", "!", "size", "'", '"')) and text[0].isalpha()
