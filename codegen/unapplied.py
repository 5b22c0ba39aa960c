"""Plans for what a program hands on but never applies: from its parameters and stand-ins for its operands alone."""

from __future__ import annotations

import ast
from dataclasses import replace

from codegen.lower import Lowered, Lowering, Step, type_of
from codegen.writing.pattern_text import PATTERNS
from pivot.axis_patterns import PatternError, told_shape
from pivot.dims import Dim
from pivot.forms import Refused, normalise, read_args
from pivot.network import Node
from pivot.op import Form
from pivot.reading.modules import ModuleObject
from pivot.reading.values import TensorCell, TensorVersion
from pivot.shapes import ShapeError, infer
from pivot.slots import MISSING, Operand, SizeOf
from pivot.types import TensorType


def unapplied(lowering: Lowering, module: ModuleObject) -> Lowered:
    """Plans of a layer that no mode applies, from its parameters alone."""
    assert module.form is not None
    operands = stand_ins(module)
    node = Node(
        id="", op=module.form.op, form=module.form, params=dict(module.params), operands=operands,
        weights=dict(module.weights), results=(), module=module, site=module.site or ast.Pass(), file="",
        frame=module.made_at[1],  # type: ignore[arg-type]  # the layer of an adapter that nobody calls has none
        bound=module.bound,
    )  # fmt: skip
    types = {k: type_of(v) for k, v in operands.items()}
    checked = normalise(node.op, node.params, types) if node.op is not None else node.params
    if not isinstance(checked, Refused):
        node = replace(node, params=dict(checked))
    if pattern_shape(module) is not None:
        try:
            given = infer(module.form.op, node.params, types)
        except ShapeError as no:
            return Lowered(node, (), str(no))
        node = replace(node, results=tuple(TensorVersion(f"absent.{i}", t) for i, t in enumerate(given)))
    origin = {p: p for p in node.params}
    plans = lowering.plans(
        module.form.op, "layer", node.params, operands, node.weights, node.results, origin, node, frozenset(), 0
    )
    if isinstance(plans, Refused):
        return Lowered(node, (), plans.why)
    said = tuple(plan for plan in plans if not any(asks_unknown(step, module) for step in plan.steps))
    if not said and module.speculative:
        return Lowered(node, (), "a size of what it takes is not known, as it is never applied")
    best = said or plans  # what was met and is never applied has no weights in the source, whatever size is said
    made = lowering.unapplied[id(node)] = Lowered(node, best, "", best[0])
    return made


def asks_unknown(step: Step, module: ModuleObject) -> bool:
    """Is a constructor told a size of an operand that nothing tells? A stand-in's size must never be written."""
    known = {(c.operand, c.letter) for c in module.bound.constraints} if module.bound is not None else set()
    own = step.op is (module.form.op if module.form is not None else None)
    return any(
        isinstance(slot.value, SizeOf)
        and (not own or (slot.value.operand, slot.value.letter) not in known)
        and any(v.id.startswith("absent.") for v in step.operands.values() if isinstance(v, TensorVersion))
        for slot in step.form.args
    )


def stand_ins(module: ModuleObject) -> dict[str, object]:
    """Operands for a layer that is never applied: of the rank and the sizes that its constructor says."""
    assert module.form is not None
    known = {(c.operand, c.letter): c.value for c in module.bound.constraints} if module.bound is not None else {}
    found: dict[str, object] = {}
    shape = pattern_shape(module)
    if shape is not None:
        return {next(iter(module.form.op.inputs)): TensorVersion("absent.x", TensorType(shape))}
    if module.weights and module.built_with:
        return dict(module.built_with)
    for name, spec in module.form.op.inputs.items():
        if spec.optional or spec.many or spec.number:
            continue
        letters = module.form.order.get(name) or spec.letters
        spelled = [part for letter in letters for part in (("a", "b") if letter == "*" else (letter,))]
        sizes = [known.get((name, letter), 8) for letter in spelled]
        found[name] = TensorVersion(f"absent.{name}", TensorType(tuple(s if isinstance(s, int) else 8 for s in sizes)))
    return found


def pattern_shape(module: ModuleObject) -> tuple[Dim, ...] | None:
    """The shape that an axis pattern tells of what it is applied to; sizes that nothing tells are symbols."""
    pattern, lengths = module.params.get("pattern"), module.params.get("lengths")
    if module.form is None or module.form.op.shape not in PATTERNS or not isinstance(pattern, str):
        return None
    try:
        return told_shape(pattern, lengths if isinstance(lengths, dict) else {})
    except PatternError:
        return None


def unapplied_function(lowering: Lowering, form: Form) -> Lowered | None:
    """Plans of a function that nobody calls, with its defaults; None where it needs more than its tensors."""
    cells = [
        TensorCell(TensorVersion(f"absent.{s.key}", TensorType((8, 8))))
        for s in form.args
        if isinstance(s.value, Operand) and s.default is MISSING
    ]
    bound = read_args(form, cells, {})
    if isinstance(bound, Refused):
        return None
    operands: dict[str, object] = {k: v.version if isinstance(v, TensorCell) else v for k, v in bound.operands.items()}
    types = {k: type_of(v) for k, v in operands.items()}
    params = normalise(form.op, bound.params, types)
    if isinstance(params, Refused):
        return None
    try:
        results = tuple(TensorVersion(f"absent.{i}", t) for i, t in enumerate(infer(form.op, params, types)))
    except ShapeError:
        return None
    node = Node(
        id="", op=form.op, form=form, params=dict(params), operands=operands, weights={}, results=results,
        module=None, site=ast.Pass(), file="", frame=None, bound=bound,  # type: ignore[arg-type]
    )  # fmt: skip
    plans = lowering.plans(
        form.op, "function", params, operands, {}, results, {p: p for p in params}, node, frozenset(), 0
    )
    return None if isinstance(plans, Refused) else Lowered(node, plans)
