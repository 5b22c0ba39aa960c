"""What a mapping would give: the shapes behind the call, and the call in the target's words. Nothing is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen.mapping.call import Argument, Call
from codegen.mapping.preview import Unsayable, expression
from codegen.picture_values import shape_record
from pivot.binding import Refused, normalise, read_apply, read_args
from pivot.decisions import Decision
from pivot.op import Form
from pivot.opset import OpSet, load_opset
from pivot.problems import Refusal
from pivot.shapes import ShapeError, infer
from pivot.types import TensorType


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome: `why` is empty where the mapping works. `shapes` are those of the results, as pictures have them.

    `line` is the call in the target's words; `params` what the op's parameters are.
    """

    why: str = ""
    shapes: tuple[tuple[int | str, ...], ...] = ()
    dtypes: tuple[str, ...] = ()
    line: str = ""
    params: tuple[tuple[str, object], ...] = ()


def check(decision: Decision, call: Call, source: str, target: str, folders: Sequence[Path] = ()) -> Checked:
    """Read the call as a decision says, infer what it gives, and say it in the target."""
    try:
        opset = load_opset(folders, [decision])
    except Refusal as refusal:
        return Checked(refusal.problem.why)
    form = next(iter(opset.find(source, call.spelling, call.name)), None)
    if form is None:
        return Checked(f"the mapping does not read {call.name}")
    try:
        return _checked(form, call, target, opset)
    except (ShapeError, Unsayable, ValueError) as error:
        return Checked(str(error))


def _checked(form: Form, call: Call, target: str, opset: OpSet) -> Checked:
    args, kwargs = plain_arguments(call.arguments)
    bound = read_args(form, args, kwargs)
    if isinstance(bound, Refused):
        return Checked(bound.why)
    params, operands = dict(bound.params), dict(bound.operands)
    texts, given = _texts(call.arguments, bound.given, form, "args"), dict(bound.given)
    if form.kind == "layer":
        over, words = plain_arguments(call.applied)
        applied = read_apply(form, params, over, words)
        if isinstance(applied, Refused):
            return Checked(applied.why)
        params.update(applied.params)
        operands, given = dict(applied.operands), dict(applied.given)
        texts = _texts(call.applied, given, form, "apply")
    op = form.op
    missing = [name for name, spec in op.inputs.items() if not spec.optional and operands.get(name) is None]
    if missing:
        return Checked(f"the operand '{missing[0]}' of {op.title} is not given")
    checked = normalise(op, params, operands)
    if isinstance(checked, Refused):
        return Checked(checked.why)
    made = infer(op, checked, operands, form.order or None)
    shapes, dtypes = _shapes(made)
    shown = tuple(checked.items())
    try:
        line = expression(opset.ops, op, target, form.kind, checked, operands, texts)
    except Unsayable as no:
        return Checked(str(no), shapes, dtypes, "", shown)
    return Checked("", shapes, dtypes, line, shown)


def plain_arguments(arguments: Sequence[Argument]) -> tuple[list[object], dict[str, object]]:
    """Arguments as forms read them. Raises ValueError where one is not known."""
    return (
        [argument.plain() for argument in arguments if argument.keyword is None],
        {argument.keyword: argument.plain() for argument in arguments if argument.keyword is not None},
    )


def _shapes(made: Sequence[TensorType]) -> tuple[tuple[tuple[int | str, ...], ...], tuple[str, ...]]:
    return tuple(tuple(shape_record(one.shape)) for one in made), tuple(one.dtype for one in made)


def _texts(arguments: Sequence[Argument], given: Mapping[str, int | str], form: Form, part: str) -> dict[str, str]:
    """The source's text of each operand."""
    from pivot.slots import Operand

    found: dict[str, str] = {}
    places = [argument for argument in arguments if argument.keyword is None]
    words = {argument.keyword: argument for argument in arguments if argument.keyword is not None}
    for slot in form.args if part == "args" else form.apply:
        where = given.get(slot.key)
        if not isinstance(slot.value, Operand) or where is None:
            continue
        argument = places[where] if isinstance(where, int) else words[where]
        for name in slot.value.names:
            found[name] = argument.text
    return found
