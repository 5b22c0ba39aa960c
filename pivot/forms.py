"""One site from one form, both directions: read arguments, write arguments, choose a form, expand a decomposition.

Plain Python values in, plain Python values out; a tensor is anything with `shape` and `dtype`. Nothing here knows
syntax.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pivot.arithmetic import evaluate_text
from pivot.binding import (
    Bound,
    CodecUse,
    Constraint,
    Construction,
    Refused,
    bind,
    normalise,
    read_apply,
    read_args,
    without_batch,
)  # fmt: skip
from pivot.choosing import choose, present, why_not
from pivot.codecs.base import DottedName, NoForm
from pivot.codecs.registry import all_codecs
from pivot.dims import Dim, Size
from pivot.notation import WeightMap, parse_axes, parse_weight_map
from pivot.op import Form, Op
from pivot.params import BadValue, normal_value
from pivot.references import axis_size, codec_of
from pivot.slots import MISSING, Coded, Literal, NotationError, Path, Slot
from pivot.spelling import (
    Facts,
    Nested,
    OperandRef,
    PlainFacts,
    Written,
    accepts,
    refs_by_role,
    write_slots,
)  # fmt: skip
from pivot.steps import Computed, Step, StepOperand, StepValue

__all__ = [
    "Bound", "BoundStep", "CodecUse", "Constraint", "Construction", "DottedName", "Facts", "Nested", "NoForm",
    "OperandRef", "PlainFacts", "Refused", "WeightMap", "Written", "accepts", "axis_size", "bind", "choose", "codec_of",
    "expand_body", "face", "normalise", "parse_weight_map", "present", "read_apply", "read_args", "weight_shape",
    "why_not", "without_batch", "write_slots",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class BoundStep:
    """A step of a decomposition with its parameters known: operands by name of the step's op."""

    results: tuple[str, ...]
    op: Op
    operands: Mapping[str, StepOperand]
    params: Mapping[str, object]


def face(slot: Slot) -> str | None:
    """Group of slots between which a source expression may pass unchanged; None where only numbers pass."""
    if isinstance(slot.value, Path):
        return "plain"
    return codec_of(slot.value).face if isinstance(slot.value, Coded) else None


def weight_shape(op: Op, weight: str, params: Mapping[str, object], sizes: Mapping[str, Dim]) -> tuple[Dim, ...]:
    """Shape of a weight in the op's own letters. `sizes`: operand axes as "x.C" (or "C"). ValueError names what is not
    known.
    """
    shape: list[Dim] = []
    for factors in parse_axes(op.weights[weight].letters):
        total: Dim = 1
        for factor in factors:
            size = letter_size(op, factor.name, len(factor.blocks) if factor.blocks else None, params, sizes)
            if isinstance(size, tuple):
                shape.extend(size)
                break
            total = total * size
        else:
            shape.append(total)
    return tuple(shape)


def letter_size(
    op: Op, letter: str, blocks: int | None, params: Mapping[str, object], sizes: Mapping[str, Dim]
) -> Dim | tuple[Dim, ...]:
    """Size of a weight letter: from [sizes], the number of its blocks, or an operand axis of the same letter."""

    def lookup(name: str, part: str | None) -> object:
        if part is not None:
            found = sizes.get(f"{name}.{part}", sizes.get(part))
            if found is None:
                raise NotationError(f"the size {name}.{part} is not known")
            return found
        if name in params:
            return params[name]
        if name in op.params and op.params[name].default is not MISSING:
            return op.params[name].default
        raise NotationError(f"'{name}' is not known")

    text = op.sizes.get(letter)
    if text is None:
        if blocks is not None:
            return blocks
        if letter in sizes:
            return sizes[letter]
        raise ValueError(f"{op.name}: the file gives no size for the letter {letter}")
    try:
        value = evaluate_text(text, lookup)
    except NotationError as error:
        raise ValueError(f"{op.name}: {error.why}") from None
    if isinstance(value, (int, Size)):
        return value
    if isinstance(value, tuple) and all(isinstance(item, (int, Size)) for item in value):
        return value
    raise ValueError(f"{op.name}: the size of {letter} is not a number")


def expand_body(
    form: Form, params: Mapping[str, object], facts: Facts, ops: Mapping[str, Op]
) -> tuple[BoundStep, ...] | Refused:
    """Steps of a decomposition with numbers: a step naming the op itself inherits its parameters."""
    try:
        return tuple(_bind_step(form, step, params, facts, ops) for step in form.body)
    except (NoForm, NotationError) as error:
        return Refused(str(error))


def _bind_step(form: Form, step: Step, params: Mapping[str, object], facts: Facts, ops: Mapping[str, Op]) -> BoundStep:
    op = form.op if step.op == form.op.name else ops.get(step.op)
    if op is None:
        raise NoForm(f"the decomposition uses the op '{step.op}', which does not exist")
    names = (*op.inputs, *op.weights)
    if len(step.operands) > len(names):
        raise NoForm(f"{step.op} takes {len(names)} operands")
    operands: dict[str, StepOperand] = dict(zip(names, step.operands, strict=False))
    values: dict[str, object] = dict(params) if op is form.op else {}
    for name, value in step.params:
        if name in op.params:
            values[name] = _step_value(form, value, params, facts)
        elif name in names and isinstance(value, Path):
            operands[name] = value.name
        elif (
            name in names
            and isinstance(value, Literal)
            and (value.value is None or isinstance(value.value, (int, float)))
        ):
            operands[name] = value.value
        else:
            raise NoForm(f"the op {step.op} has no parameter '{name}'")
    for name, spec in op.params.items():
        if name not in values and spec.default is not MISSING:
            values[name] = spec.default
        if name in values:
            try:
                values[name] = normal_value(spec.type, values[name], None)
            except BadValue as error:
                raise NoForm(f"{step.op}.{name}: {error}") from None
    return BoundStep(step.results, op, operands, values)


def _step_value(form: Form, value: StepValue, params: Mapping[str, object], facts: Facts) -> object:
    def lookup(name: str, part: str | None) -> object:
        if part is not None:
            size = axis_size(form.op, getattr(facts, "order", None) or {}, facts.operands, name, part)
            if size is None:
                raise NotationError(f"{name}.{part} is not known")
            return size
        if name in params:
            return params[name]
        if name in facts.operands:
            return facts.operands[name]
        spec = form.op.params.get(name)
        if spec is None or spec.default is MISSING:
            raise NotationError(f"'{name}' is not known")
        return spec.default

    if isinstance(value, Literal):
        return value.value
    if isinstance(value, Computed):
        return evaluate_text(value.text, lookup)
    if isinstance(value, Path):
        found = lookup(value.name, value.part)
        return found[value.index] if value.index is not None and isinstance(found, (tuple, list)) else found
    codec = all_codecs().get(value.codec)
    if codec is None:
        raise NoForm(f"there is no codec '{value.codec}'")
    return codec.read(
        lookup(value.path.name, value.path.part), refs_by_role(form, codec.roles, value.refs, params, facts)
    )
