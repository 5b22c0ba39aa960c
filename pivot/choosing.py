"""Which form of an op is written at a site: the site's kind first, decompositions last, and why a form will not do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pivot.binding import Refused
from pivot.op import Form, Kind, Op
from pivot.params import BadValue, normal_value
from pivot.predicates import Predicate, equal, holds, said
from pivot.references import first_rank, param_type, resolve_reference
from pivot.results import result_names
from pivot.slots import MISSING, Coded, Literal, Made, Operand, Path, Reference, Slot
from pivot.spelling import Facts, order_of, why_unwritten


def choose(
    op: Op, framework: str, kind: Kind, params: Mapping[str, object], facts: Facts
) -> tuple[Form, ...] | Refused:
    """All forms that can be written, the best first: the site's kind before the other, decompositions last in each,
    behind them only what is in another library than the framework's own.
    """
    reasons: list[str] = []
    good = tuple(choices(op, framework, kind, params, facts, reasons))
    return good or Refused("; ".join(dict.fromkeys(reasons)))


def choices(
    op: Op, framework: str, kind: Kind, params: Mapping[str, object], facts: Facts, reasons: list[str]
) -> Iterator[Form]:
    """What `choose` finds, one by one; where all are through, `reasons` has why the others will not do."""
    forms = op.forms.get(framework, ())
    for form in sorted(forms, key=lambda form: (form.kind != kind, is_beside(form), form.spelling == "body")):
        why = why_not(form, kind, params, facts)
        if why is None:
            yield form
        else:
            reasons.append(f"{form.name or 'decomposition'}: {why}")
    if not forms:
        reasons.append(f"{op.name} has no form in {framework}")


def is_beside(form: Form) -> bool:
    """Is a form a call of a library beside the framework: `torchvision.ops.StochasticDepth`?"""
    return form.spelling == "call" and form.name.partition(".")[0] not in (form.framework, "pivot")


def why_not(form: Form, kind: Kind, params: Mapping[str, object], facts: Facts) -> str | None:
    """Why a form cannot be written at a site of this kind; None if it can."""

    def resolve(reference: Reference) -> object:
        value = resolve_reference(form.op, order_of(facts), params, facts.operands, reference)
        if value is None and isinstance(reference, Path) and reference.part is not None:
            raise LookupError(str(reference))
        return value

    if form.inexact is not None:
        return form.inexact
    for predicate in form.when:
        if not holds(_counted(form.op, predicate, facts), resolve, facts.used, facts.nonneg):
            return f"only when {said(predicate)}"
    if form.spelling == "body":
        if form.kind == "layer" and kind == "function":
            given = next((w for w in form.op.weights if facts.operands.get(w) is not None), None)
            return f"it would own the weight '{given}'" if given is not None else None
        return None
    for name, spec in form.op.params.items():
        if name not in said_by(form) and name in params and not _unsaid_is_default(spec.default, params[name]):
            return f"it has no place for {name}={params[name]!r}"
    lost = _lost(form, kind, params, facts)
    if lost is not None:
        return lost
    for part in ("args", "apply") if form.kind == "layer" else ("args",):
        why = why_unwritten(form, part, params, facts)
        if why is not None:
            return why
    return None


def _counted(op: Op, predicate: Predicate, facts: Facts) -> Predicate:
    """The predicate with a literal axis counted like the parameter it is compared with (-1 is the last axis)."""
    first, *rest = predicate.args
    spec = op.params.get(first.name) if isinstance(first, Path) and first.part is None else None
    if spec is None or spec.type.kind not in ("axis", "axes") or not rest or not isinstance(rest[0], Literal):
        return predicate
    try:
        value = normal_value(param_type(op, spec), rest[0].value, first_rank(op, facts.operands))
    except BadValue:
        return predicate
    return Predicate(predicate.name, (first, Literal(value)), predicate.text)


def _unsaid_is_default(default: object, value: object) -> bool:
    return value is None if default is MISSING else equal(default, value)


def _lost(form: Form, kind: Kind, params: Mapping[str, object], facts: Facts) -> str | None:
    """What the op has at this site and the form cannot carry."""
    taken = said_by(form)
    owned = form.kind == "layer" and kind == "layer"
    for name, value in facts.operands.items():
        if value is not None and name not in taken and not (owned and name in form.op.weights):
            return f"it has no place for the operand '{name}'"
    outputs = result_names(form.result)
    for name in form.op.outputs:
        if name not in outputs and facts.used(name):
            return f"it does not give '{name}'"
    if form.kind == "layer":
        for name in present(form.op, params):
            # A buffer may be a framework's own bookkeeping (num_batches_tracked).
            if name not in form.weights and not form.op.weights[name].buffer:
                return f"it does not hold the weight '{name}'"
    return None


def present(op: Op, params: Mapping[str, object]) -> tuple[str, ...]:
    """Weights that exist under these parameters."""
    return tuple(
        name
        for name, spec in op.weights.items()
        if spec.condition is None or bool(params.get(spec.condition, _default(op, spec.condition)))
    )


def _default(op: Op, name: str) -> object:
    spec = op.params.get(name)
    return None if spec is None or spec.default is MISSING else spec.default


def said_by(form: Form) -> frozenset[str]:
    """Every parameter, operand and weight that the form says somewhere; what is not here must have its default."""
    found = form.cache.get("said")
    if isinstance(found, frozenset):
        return found
    names: set[str] = set(form.derive)
    for slot in (*form.args, *(form.apply if form.kind == "layer" else ())):
        _said(slot, names)
    for predicate in form.when:
        names.update(_decided(predicate))
    said = frozenset(names)
    form.cache["said"] = said
    return said


def _said(slot: Slot, names: set[str]) -> None:
    kind = slot.value
    if isinstance(kind, Path):
        names.add(kind.name)
    elif isinstance(kind, Coded):
        # A codec answers for what it looks at: it refuses where the value cannot be said.
        names.add(kind.path.name)
        names.update(ref.name for ref in kind.refs if isinstance(ref, Path) and ref.part is None)
    elif isinstance(kind, Operand):
        names.update(kind.names)
        names.update(ref.name for ref in kind.arguments if isinstance(ref, Path))
    elif isinstance(kind, Made):
        for inner in kind.slots:
            _said(inner, names)


def _decided(predicate: Predicate) -> set[str]:
    """Names a predicate leaves no freedom for: `equal(p, 1)`, `same(p, q)`."""
    if predicate.name not in ("equal", "same", "absent"):
        return set()
    return {ref.name for ref in predicate.args if isinstance(ref, Path) and ref.part is None}
