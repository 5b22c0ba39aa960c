"""Writing one site: parameters and operands of an op as the arguments of a form; and which form to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pivot.binding import Refused
from pivot.codecs.base import NoForm
from pivot.dims import Size
from pivot.op import Form
from pivot.params import BadValue, normal_value
from pivot.predicates import equal
from pivot.references import codec_of, first_rank, param_type, resolve_reference, role_at
from pivot.slots import (
    MISSING,
    Coded,
    Flag,
    Ignored,
    Literal,
    Made,
    Operand,
    Path,
    Reference,
    SizeOf,
    Slot,
    Used,
)  # fmt: skip
from pivot.types import is_tensor


class Facts(Protocol):
    """What is known of a site. Operands hold, by name, a tensor (shape and dtype), a tuple of them, None or a number.

    An implementation may also have `order`: operand -> axis letters, where its axes are not in the op's own order.
    """

    @property
    def params(self) -> Mapping[str, object]: ...

    @property
    def operands(self) -> Mapping[str, object]: ...

    def used(self, name: str) -> bool:
        """Whether somebody reads this output."""
        ...

    def nonneg(self, name: str) -> bool:
        """Whether this operand is known to be nowhere negative."""
        ...


@dataclass(frozen=True, slots=True)
class PlainFacts:
    """Facts as a value; by default every output is used and nothing is known about signs."""

    params: Mapping[str, object]
    operands: Mapping[str, object] = field(default_factory=dict)
    unused: frozenset[str] = frozenset()
    not_negative: frozenset[str] = frozenset()
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def used(self, name: str) -> bool:
        """Whether somebody reads this output."""
        return name not in self.unused

    def nonneg(self, name: str) -> bool:
        """Whether this operand is known to be nowhere negative."""
        return name in self.not_negative


@dataclass(frozen=True, slots=True)
class OperandRef:
    """An operand as an argument: `others` follow the first in a codec or a list; `form` "one", "list", "tuple" is how
    it is written.
    """

    name: str
    codec: str | None = None
    listed: bool = False
    others: tuple[str, ...] = ()
    refs: tuple[object, ...] = ()
    form: str = "one"
    deep: bool = False
    """Each has one more axis of size 1 in front."""


@dataclass(frozen=True, slots=True)
class Nested:
    """A constructor call as an argument."""

    call: str
    arguments: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """One argument to write: by keyword or by place; a variadic slot's value is a tuple to be spread."""

    name: str | None
    keyword: bool
    slot: Slot
    value: object


def write_slots(form: Form, part: str, params: Mapping[str, object], facts: Facts) -> tuple[Written, ...] | Refused:
    """Arguments of `part` ("args" or "apply"); what is equal to its default is left out."""
    try:
        return _write(form, form.args if part == "args" else form.apply, params, facts)
    except NoForm as error:
        return Refused(str(error))


def why_unwritten(form: Form, part: str, params: Mapping[str, object], facts: Facts) -> str | None:
    """Why `write_slots` refuses, None where it does not: what is left out as a default need not be found for that."""
    try:
        _try(form, form.args if part == "args" else form.apply, params, facts)
    except NoForm as error:
        return str(error)
    return None


def _try(form: Form, slots: tuple[Slot, ...], params: Mapping[str, object], facts: Facts) -> None:
    for slot in slots:
        if isinstance(slot.value, Made):
            _try(form, slot.value.slots, params, facts)
        elif not isinstance(slot.value, (Ignored, Flag)):
            slot_value(form, slot, params, facts)


def _write(form: Form, slots: tuple[Slot, ...], params: Mapping[str, object], facts: Facts) -> tuple[Written, ...]:
    values: list[tuple[Slot, object, bool]] = []
    for slot in slots:
        if isinstance(slot.value, (Ignored, Flag)):
            continue
        value = slot_value(form, slot, params, facts)
        values.append((slot, value, is_default(form, slot, value, params, facts)))
    # A slot that can only be given by place needs all slots before it.
    last = max((i for i, (slot, _, left_out) in enumerate(values) if by_place(slot) and not left_out), default=-1)
    written: list[Written] = []
    gap = False
    for place, (slot, value, left_out) in enumerate(values):
        if left_out and place > last:
            gap = True
            continue
        keyword = not by_place(slot) and (slot.keyword or gap or _skips(slots, slot))
        written.append(Written(slot.name, keyword, slot, value))
    return tuple(written)


def by_place(slot: Slot) -> bool:
    """Whether a slot can only be written by its place."""
    return slot.name is None or slot.variadic


def _skips(slots: tuple[Slot, ...], slot: Slot) -> bool:
    """Whether an argument that is never written stands before this one, so that its place would be wrong."""
    return any(isinstance(other.value, (Ignored, Flag)) for other in slots[: slots.index(slot)])


def slot_value(form: Form, slot: Slot, params: Mapping[str, object], facts: Facts) -> object:
    """What is written into a slot: a plain value, OperandRef, Nested; raises NoForm."""
    kind = slot.value
    if isinstance(kind, Path):
        return _param(form, kind, params)
    if isinstance(kind, Coded):
        value = _param(form, kind.path, params)
        codec = codec_of(kind)
        if value is None and not codec.takes_none:
            return None
        return codec.write(value, refs_by_role(form, codec.roles, kind.refs, params, facts))
    if isinstance(kind, Literal):
        return kind.value
    if isinstance(kind, Operand):
        return _operand(form, slot, kind, params, facts)
    if isinstance(kind, SizeOf):
        size = resolve_reference(
            form.op, order_of(facts), params, facts.operands, Path(kind.operand, None, kind.letter)
        )
        if not isinstance(size, int):
            known = f"{size}, not a fixed number" if isinstance(size, Size) else "not known"
            raise NoForm(f"{slot.key} needs the size {kind.operand}.{kind.letter}, which is {known}")
        return (size,) if kind.listed else size
    if isinstance(kind, Used):
        return facts.used(kind.output)
    if isinstance(kind, Made):
        return Nested(kind.call, _write(form, kind.slots, params, facts))
    raise NoForm(f"{slot.key} is never written")


def _param(form: Form, path: Path, params: Mapping[str, object]) -> object:
    if path.name in params:
        value = params[path.name]
    else:
        value = form.op.params[path.name].default
    if value is MISSING:
        raise NoForm(f"the parameter '{path.name}' is not known")
    if path.index is None:
        return value
    if not isinstance(value, (tuple, list)) or not -len(value) <= path.index < len(value):
        raise NoForm(f"'{path.name}' has no entry {path.index}")
    return value[path.index]


def _operand(form: Form, slot: Slot, kind: Operand, params: Mapping[str, object], facts: Facts) -> object:
    names = kind.names
    more = tuple(ref.name for ref in kind.arguments if isinstance(ref, Path) and ref.name in form.op.inputs)
    given = [name for name in (*names, *more) if facts.operands.get(name) is not None]
    if not given:
        if slot.default is MISSING:
            raise NoForm(f"{slot.key} needs the operand '{names[0]}'")
        return None
    if kind.form == "tensor" and not is_tensor(facts.operands[names[0]]):
        raise NoForm(f"{slot.key} must be a tensor")
    if len(names) > 1 and len(given) < len(names):
        raise NoForm(f"{slot.key} needs all of {', '.join(names)}")
    spec = form.op.inputs.get(names[0])
    many = spec is not None and spec.many and len(names) == 1
    refs = tuple(
        resolve_reference(form.op, order_of(facts), params, facts.operands, ref)
        for ref in kind.arguments
        if not (isinstance(ref, Path) and ref.name in form.op.inputs)
    )
    others = (*names[1:], *more)
    listed = kind.form == "list" or many
    shape = kind.form if kind.form in ("list", "tuple") else "list" if many else "one"
    return OperandRef(names[0], kind.codec, listed, others, refs, shape, kind.deep)


def refs_by_role(
    form: Form, roles: tuple[str, ...], refs: Sequence[Reference], params: Mapping[str, object], facts: Facts
) -> dict[str, object]:
    """References of a codec under the names of its roles."""
    found: dict[str, object] = {}
    for place, ref in enumerate(refs):
        value = resolve_reference(form.op, order_of(facts), params, facts.operands, ref)
        if value is None and isinstance(ref, Path) and ref.name in form.op.params and ref.name not in params:
            default = form.op.params[ref.name].default
            value = None if default is MISSING else default
        found[role_at(roles, place)] = value
    return found


def is_default(form: Form, slot: Slot, value: object, params: Mapping[str, object], facts: Facts) -> bool:
    """Whether leaving a slot out means the same as writing `value`."""
    default = slot.default
    if default is MISSING or isinstance(value, (OperandRef, Nested)):
        return False
    if equal(default, value) or (value is None and isinstance(slot.value, Operand)):
        return True
    kind = slot.value
    return isinstance(kind, (Path, Coded)) and _means(form, kind, default, params, facts)


def accepts(form: Form, slot: Slot, given: object, params: Mapping[str, object], facts: Facts) -> bool:
    """Whether writing `given` into a slot as it stands says the parameter's value: the test before a source expression
    is kept.
    """
    kind = slot.value
    if not isinstance(kind, (Path, Coded)):
        return False
    return _means(form, kind, given, params, facts)


def _means(form: Form, kind: Path | Coded, given: object, params: Mapping[str, object], facts: Facts) -> bool:
    """Whether a slot that holds `given` reads as the value the parameter has."""
    path = kind if isinstance(kind, Path) else kind.path
    if path.index is not None:
        return False
    spec = form.op.params[path.name]
    rank = first_rank(form.op, facts.operands)
    try:
        if isinstance(kind, Coded):
            codec = codec_of(kind)
            if given is not None or codec.takes_none:
                given = codec.read(given, refs_by_role(form, codec.roles, kind.refs, params, facts))
        meant = normal_value(param_type(form.op, spec), given, rank)
        mine = normal_value(param_type(form.op, spec), _param(form, path, params), rank)
    except (NoForm, BadValue):
        return False
    return equal(meant, mine)


def order_of(facts: Facts) -> Mapping[str, tuple[str, ...]]:
    """Axis letters of the operands whose axes are not in the op's order."""
    order: Mapping[str, tuple[str, ...]] | None = getattr(facts, "order", None)
    return order if order is not None else {}
