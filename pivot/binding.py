"""Reading one site: the arguments of a call against the slots of a form, giving parameters and operands of the op."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NoReturn, cast

from pivot.arithmetic import evaluate_text
from pivot.codecs.base import NoForm
from pivot.codecs.registry import all_tensor_codecs
from pivot.dims import Size
from pivot.notation import OperandSpec
from pivot.op import Form, Op
from pivot.params import BadValue, normal_value
from pivot.predicates import equal, other_kind
from pivot.references import axis_size, codec_of, first_rank, param_type, resolve_reference, role_at
from pivot.slots import (
    MISSING,
    Coded,
    Flag,
    Ignored,
    Literal,
    Made,
    NotationError,
    Operand,
    Path,
    Reference,
    SizeOf,
    Slot,
    Used,
)  # fmt: skip
from pivot.types import is_tensor, rank_of


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a form cannot be read or written."""

    why: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """An axis of an operand that the arguments fix: `in_channels=3` says that x.C is 3."""

    operand: str
    letter: str
    value: object


@dataclass(frozen=True, slots=True)
class CodecUse:
    """An operand that goes through a tensor codec; `refs` by role."""

    codec: str
    refs: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Bound:
    """One site read. `given`: slot key -> argument number or keyword; `sources`: parameter -> key of the slot it was
    given by.
    """

    params: dict[str, object]
    operands: dict[str, object] = field(default_factory=dict)
    constraints: tuple[Constraint, ...] = ()
    given: dict[str, int | str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    flags: dict[str, object] = field(default_factory=dict)
    codecs: dict[str, CodecUse] = field(default_factory=dict)
    unbatched: bool = False
    """The operands have no axis N, which the op's letters have."""


@dataclass(slots=True)
class Construction:
    """A constructor call as a value, so that nested constructors (`RNN(LSTMCell(8))`) can be read."""

    call: str
    args: Sequence[object]
    kwargs: Mapping[str, object]


class _No(Exception):
    """Leaves the reading of a form at once."""


def read_args(form: Form, args: Sequence[object], kwargs: Mapping[str, object]) -> Bound | Refused:
    """Arguments of a constructor, function, method (receiver first), operator or index in terms of the op."""
    return _read(form, form.args, {}, args, kwargs)


def read_apply(
    form: Form, params: Mapping[str, object], args: Sequence[object], kwargs: Mapping[str, object]
) -> Bound | Refused:
    """Arguments of the call of a layer that was constructed with `params`; the result has these parameters too."""
    return _read(form, form.apply, params, args, kwargs)


def _read(
    form: Form,
    slots: tuple[Slot, ...],
    known: Mapping[str, object],
    args: Sequence[object],
    kwargs: Mapping[str, object],
) -> Bound | Refused:
    reader = _Reader(form, dict(known))
    try:
        reader.take(slots, args, kwargs)
        reader.finish()
    except _No as no:
        return Refused(str(no))
    unlike = other_kind(form.when, reader.operands)
    if unlike is not None:
        return Refused(unlike)
    return Bound(
        reader.params,
        reader.operands,
        tuple(reader.constraints),
        reader.given,
        reader.sources,
        reader.flags,
        reader.codecs,
        reader.unbatched,
    )


NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other"}
"""NumPy's names of arguments, which every function and tensor method that PyTorch has from C++ takes too.

Source: the table of NumPy names in PyTorch's `torch/csrc/utils/python_arg_parser.cpp`.
"""


def other_names(form: Form) -> Mapping[str, str]:
    """Other names that a call takes for its arguments."""
    native = form.spelling == "method" or (form.name.startswith("torch.") and not form.name.startswith("torch.nn."))
    return NUMPY_NAMES if form.framework == "torch" and form.kind == "function" and native else {}


def bind(
    slots: tuple[Slot, ...],
    args: Sequence[object],
    kwargs: Mapping[str, object],
    others: Mapping[str, str] = MappingProxyType({}),
) -> tuple[list[object], dict[str, int | str]] | Refused:
    """A value (or MISSING) per slot, and where each given one came from."""
    values: list[object] = [MISSING] * len(slots)
    given: dict[str, int | str] = {}
    for place, value in enumerate(args):
        if place >= len(slots) or slots[place].rest:
            return Refused(f"takes {len(slots)} arguments, {len(args)} are given")
        slot = slots[place]
        given[slot.key] = place
        if slot.variadic:
            items = args[place:]
            single = len(items) == 1 and isinstance(items[0], (tuple, list))
            values[place] = tuple(items[0]) if single and isinstance(items[0], (tuple, list)) else tuple(items)
            break
        values[place] = value
    rest = next((at for at, slot in enumerate(slots) if slot.rest), -1)
    taken: dict[str, object] = {}
    for name, value in kwargs.items():
        place = next((at for at, slot in enumerate(slots) if slot.name == name and not slot.rest), -1)
        if place < 0 and name in others:
            place = next((at for at, slot in enumerate(slots) if slot.name == others[name]), -1)
        if place < 0 and rest >= 0:
            taken[name], given[name] = value, name
            continue
        if place < 0:
            return Refused(f"has no argument '{name}'")
        if values[place] is not MISSING:
            return Refused(f"argument '{name}' is given twice")
        values[place] = value
        given[slots[place].key] = name
    if rest >= 0:
        values[rest] = taken
    return values, given


def _settled_defaults(form: Form, slots: tuple[Slot, ...]) -> tuple[tuple[str, object] | None, ...]:
    """Per slot what leaving it out says: (parameter, value), ("", None) = nothing, None = it depends on others."""
    key = f"defaults {id(slots)}"
    found = form.cache.get(key)
    if found is None:
        found = tuple(_settled(form, slot) for slot in slots)
        form.cache[key] = found
    return cast("tuple[tuple[str, object] | None, ...]", found)


def _settled(form: Form, slot: Slot) -> tuple[str, object] | None:
    kind = slot.value
    if slot.default is MISSING:
        return None
    if isinstance(kind, (Ignored, Used)) or (isinstance(kind, Literal) and equal(kind.value, slot.default)):
        return "", None
    if not isinstance(kind, Path) and not (isinstance(kind, Coded) and not kind.refs):
        return None
    reader = _Reader(form, {})
    try:
        reader.accept(slot, slot.default, False)
    except _No:
        return None
    ((name, value),) = reader.params.items()
    return name, value


class _Reader:
    __slots__ = (
        "codecs", "constraints", "flags", "form", "given", "op", "operands", "params", "pending", "sources",
        "unbatched",
    )  # fmt: skip

    def __init__(self, form: Form, params: dict[str, object]) -> None:
        self.form = form
        self.op = form.op
        self.params = params
        self.operands: dict[str, object] = {}
        self.constraints: list[Constraint] = []
        self.given: dict[str, int | str] = {}
        self.sources: dict[str, str] = {}
        self.flags: dict[str, object] = {}
        self.codecs: dict[str, CodecUse] = {}
        self.pending: list[tuple[Coded, object]] = []
        self.unbatched = False

    def take(self, slots: tuple[Slot, ...], args: Sequence[object], kwargs: Mapping[str, object]) -> None:
        bound = bind(slots, args, kwargs, other_names(self.form))
        if isinstance(bound, Refused):
            raise _No(bound.why)
        values, given = bound
        self.given.update(given)
        settled = _settled_defaults(self.form, slots)
        params = self.params
        for place, slot in enumerate(slots):
            value = values[place]
            if value is not MISSING:
                self.accept(slot, value, True)
                continue
            known = settled[place]
            if known is None:
                if slot.default is MISSING:
                    raise _No(f"argument '{slot.key}' is missing")
                self.accept(slot, slot.default, False)
            elif known[0]:
                if known[0] in params and not equal(params[known[0]], known[1]):
                    self.said_twice(known[0], known[1])
                params[known[0]] = known[1]

    def accept(self, slot: Slot, value: object, was_given: bool) -> None:
        kind = slot.value
        if isinstance(kind, Path):
            self.set_param(kind.name, value)
            if was_given:
                self.sources[kind.name] = slot.key
        elif isinstance(kind, Coded):
            if was_given:
                self.sources[kind.path.name] = slot.key
            if not kind.refs:
                self.decode(kind, value, {})
            else:
                self.pending.append((kind, value))
        elif isinstance(kind, Operand):
            self.set_operands(kind, value, slot.key)
        elif isinstance(kind, Literal):
            if not equal(value, kind.value):
                raise _No(f"{slot.key}={_shown(value)} is not {_shown(kind.value)}")
        elif isinstance(kind, SizeOf):
            if isinstance(value, (tuple, list)):
                if len(value) != 1:
                    raise _No(f"{slot.key}={_shown(value)} is about {len(value)} axes, not one")
                value = value[0]
            self.constraints.append(Constraint(kind.operand, kind.letter, value))
        elif isinstance(kind, Flag):
            self.flags[kind.name] = value
        elif isinstance(kind, Made):
            call = getattr(value, "call", None)
            if call != kind.call:
                raise _No(f"{slot.key} is not made by {kind.call}")
            inner: Sequence[object] = getattr(value, "args", ())
            words: Mapping[str, object] = getattr(value, "kwargs", {})
            self.take(kind.slots, inner, words)

    def set_param(self, name: str, value: object) -> None:
        spec = self.op.params.get(name)
        if spec is None:
            raise _No(f"the op {self.op.name} has no parameter '{name}'")
        try:
            value = normal_value(spec.type, value, None)
        except BadValue as error:
            raise _No(f"{name}: {error}") from None
        if name in self.params and not equal(self.params[name], value):
            self.said_twice(name, value)
        self.params[name] = value

    def said_twice(self, name: str, value: object) -> NoReturn:
        raise _No(f"'{name}' is said twice, as {_shown(self.params[name])} and {_shown(value)}")

    def decode(self, coded: Coded, value: object, refs: Mapping[str, object]) -> None:
        codec = codec_of(coded)
        if value is not None or codec.takes_none:
            try:
                value = codec.read(value, refs)
            except NoForm as error:
                raise _No(f"{coded.path.name}: {error}") from None
        self.set_param(coded.path.name, value)

    def set_operands(self, kind: Operand, value: object, key: str) -> None:
        if kind.deep and value is not None:
            raise _No(f"{key} has an axis more than the operand")  # written like this only
        if kind.form == "tensor" and not is_tensor(value):
            raise _No(f"{key} must be a tensor")
        if kind.form in ("one", "tensor") or (len(kind.names) == 1 and self.spec(kind.names[0]).many):
            self.set_operand(kind.names[0], value, key)
        elif value is None:
            for name in kind.names:
                self.set_operand(name, None, key)
        elif isinstance(value, (tuple, list)) and len(value) == len(kind.names):
            for name, item in zip(kind.names, value, strict=True):
                self.set_operand(name, item, key)
        else:
            raise _No(f"{key} needs {len(kind.names)} tensors")
        if kind.codec is not None:
            roles = _tensor_roles(kind.codec)
            refs: dict[str, object] = {}
            for place, reference in enumerate(kind.arguments):
                role = roles[place] if place < len(roles) else str(place)
                refs[role] = self.resolve(reference)
            self.codecs[kind.names[0]] = CodecUse(kind.codec, refs)

    def spec(self, name: str) -> OperandSpec:
        found = self.op.inputs.get(name)
        if found is not None:
            return found
        if name in self.op.weights:
            letters = self.op.letters(name) or ()
            return OperandSpec(name, letters, optional=self.op.weights[name].condition is not None)
        raise _No(f"the op {self.op.name} has no operand '{name}'")

    def set_operand(self, name: str, value: object, key: str) -> None:
        spec = self.spec(name)
        if value is None:
            if not spec.optional:
                raise _No(f"{key} must be a tensor, not None")
        elif spec.many:
            if not isinstance(value, (tuple, list)):
                raise _No(f"{key} must be a list of tensors")
            value = tuple(value)
        elif not is_tensor(value) and not (spec.number and isinstance(value, (int, float, Size))):
            raise _No(f"{key} must be a tensor")
        else:
            rank = rank_of(value)
            letters = self.form.order.get(name, spec.letters)
            if rank is not None and letters and "*" not in letters and rank != len(letters):
                if self.op.unbatched and rank == len(letters) - 1 and "N" in letters:
                    self.unbatched = True
                    self.operands[name] = value
                    return
                raise _No(f"{key} has {rank} axes where {' '.join(letters)} are needed")
        self.operands[name] = value

    def finish(self) -> None:
        """Reads what needs other parameters, and derives the parameters that follow from operands."""
        if self.unbatched:
            self.check_unbatched()
        derive = {name: text for name, text in self.form.derive.items() if name not in self.params}
        patient = True
        while self.pending or derive:
            before = len(self.pending) + len(derive)
            for name in list(derive):
                if self.derived(name, derive[name]):
                    del derive[name]
            for item in list(self.pending):
                refs = self.refs_of(item[0], patient)
                if refs is not None:
                    self.pending.remove(item)
                    self.decode(item[0], item[1], refs)
            if len(self.pending) + len(derive) == before:
                if not patient:
                    if not self.pending and not self.operands:
                        return  # a constructor: what follows from operands is known when the layer is applied
                    names = ", ".join([coded.path.name for coded, _ in self.pending] + list(derive))
                    raise _No(f"not enough is given to know {names}")
                patient = False

    def check_unbatched(self) -> None:
        """Either every operand has the batch, or none."""
        for name, value in self.operands.items():
            letters = self.form.order.get(name, self.spec(name).letters)
            rank = rank_of(value)
            if "N" in letters and rank is not None and ("*" in letters or rank != len(letters) - 1):
                raise _No(f"only some of its tensors have {' '.join(letters)}")

    def derived(self, name: str, text: str) -> bool:
        try:
            value = evaluate_text(text, self.lookup)
        except NotationError:
            return False
        self.set_param(name, value)
        return True

    def lookup(self, name: str, part: str | None) -> object:
        if part is None:
            if name in self.params:
                return self.params[name]
            if name in self.operands or name in self.op.inputs or name in self.op.weights:
                return self.operands.get(name)
            raise NotationError(f"'{name}' is not known yet")
        dim = axis_size(self.op, self.order(), self.operands, name, part)
        if dim is None:
            raise NotationError(f"{name}.{part} is not known")
        return dim

    def refs_of(self, coded: Coded, patient: bool) -> dict[str, object] | None:
        roles = codec_of(coded).roles
        refs: dict[str, object] = {}
        for place, reference in enumerate(coded.refs):
            role = role_at(roles, place)
            if isinstance(reference, Path) and reference.name in self.op.params and reference.name not in self.params:
                if patient:
                    return None
                default = self.op.params[reference.name].default
                refs[role] = None if default is MISSING else default
            else:
                refs[role] = self.resolve(reference)
        return refs

    def order(self) -> Mapping[str, tuple[str, ...]]:
        """Axis letters of the operands as they are given."""
        return without_batch(self.form) if self.unbatched else self.form.order

    def resolve(self, reference: Reference) -> object:
        return resolve_reference(self.op, self.order(), self.params, self.operands, reference)


def without_batch(form: Form) -> dict[str, tuple[str, ...]]:
    """Axis letters of operands and results where the batch is not there: the form's own, without N."""
    found: dict[str, tuple[str, ...]] = dict(form.order)
    for name, spec in (*form.op.inputs.items(), *form.op.outputs.items()):
        letters = form.order.get(name) or spec.letters
        if "N" in letters:
            found[name] = tuple(letter for letter in letters if letter != "N")
    return found


def _tensor_roles(codec: str) -> tuple[str, ...]:
    return tuple(role.rstrip("?") for role in all_tensor_codecs()[codec].roles)


def normalise(op: Op, params: Mapping[str, object], operands: Mapping[str, object]) -> dict[str, object] | Refused:
    """All parameters of an op in their one spelling: defaults filled, axes non-negative, pads as pairs."""
    rank = first_rank(op, operands)
    found: dict[str, object] = {}
    for name in params:
        if name not in op.params:
            return Refused(f"the op {op.name} has no parameter '{name}'")
    for name, spec in op.params.items():
        value = params.get(name, spec.default)
        if value is MISSING:
            if not spec.type.optional:
                return Refused(f"parameter '{name}' is missing")
            value = None
        try:
            found[name] = normal_value(param_type(op, spec), value, rank)
        except BadValue as error:
            return Refused(f"{name}: {error}")
    return found


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"a {type(value).__name__}"
