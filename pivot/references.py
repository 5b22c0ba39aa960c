"""What references in slots and conditions mean: parameters, operands, axis sizes; names for codecs."""

from __future__ import annotations

from collections.abc import Mapping

from pivot.codecs.base import Codec
from pivot.codecs.registry import all_codecs
from pivot.notation import arrange, axis_of
from pivot.op import Op
from pivot.params import ParamSpec, ParamType
from pivot.slots import Coded, Literal, NotationError, Reference
from pivot.types import TensorType, rank_of


def axis_size(
    op: Op, order: Mapping[str, tuple[str, ...]], operands: Mapping[str, object], name: str, letter: str
) -> object:
    """The size of the axis of an operand that carries a letter; None where it is not known."""
    operand = operands.get(name)
    if isinstance(operand, (tuple, list)) and operand:
        operand = operand[0]
    shape = getattr(operand, "shape", None)
    letters = order.get(name) or op.letters(name)
    if shape is None or letters is None:
        return None
    axis = axis_of(letters, letter, len(shape))
    return None if axis is None else shape[axis]


def resolve_reference(
    op: Op, order: Mapping[str, tuple[str, ...]], params: Mapping[str, object], operands: Mapping[str, object],
    reference: Reference,
) -> object:  # fmt: skip
    """The value of a literal, a parameter, an operand or an axis; None where it is not known."""
    if isinstance(reference, Literal):
        return reference.value
    name, part = reference.name, reference.part
    if part is not None:
        if part in op.params:
            shape = getattr(operands.get(name), "shape", None)
            axis = params.get(part)
            return shape[axis] if shape is not None and isinstance(axis, int) else None
        return axis_size(op, order, operands, name, part)
    if name in op.params:
        value = params.get(name)
        if reference.index is None:
            return value
        known = isinstance(value, (tuple, list)) and -len(value) <= reference.index < len(value)
        return value[reference.index] if known and isinstance(value, (tuple, list)) else None
    return in_own_order(op, order, name, operands.get(name))


def in_own_order(op: Op, order: Mapping[str, tuple[str, ...]], name: str, operand: object) -> object:
    """A tensor's type with its axes in the order of the op's letters, where `order` says that they come differently."""
    given, own = order.get(name), op.letters(name)
    shape = getattr(operand, "shape", None)
    if given is None or own is None or given == own or not isinstance(shape, tuple):
        return operand
    places = arrange(given, own, len(shape))
    if places is None:
        return operand
    return TensorType(tuple(1 if at is None else shape[at] for at in places), str(getattr(operand, "dtype", "")))


def codec_of(coded: Coded) -> Codec:
    """The codec a slot names; a NotationError of the op file where there is none."""
    codec = all_codecs().get(coded.codec)
    if codec is None:
        raise NotationError(f"there is no codec '{coded.codec}'")
    return codec


def role_at(roles: tuple[str, ...], place: int) -> str:
    """Under which name a codec sees its reference number `place`."""
    if place < len(roles) and roles[place] != "*":
        return roles[place].rstrip("?")
    return str(place - (len(roles) - 1 if roles and roles[-1] == "*" else 0))


def param_type(op: Op, spec: ParamSpec) -> ParamType:
    """The type of a parameter; an axis of `stack` or `unsqueeze` counts in the result, which has more axes."""
    kind = spec.type
    if op.shape in ("stack", "unsqueeze") and kind.kind in ("axis", "axes"):
        return ParamType("new_axis" if kind.kind == "axis" else "new_axes", kind.count, kind.optional)
    return kind


def first_rank(op: Op, operands: Mapping[str, object]) -> int | None:
    """The rank axes are counted in: that of the first operand that is there."""
    for name in op.inputs:
        if operands.get(name) is not None:
            return rank_of(operands[name])
    return None
