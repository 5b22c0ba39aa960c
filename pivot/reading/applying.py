"""From a site and a form to a node of the network: operands, parameters, shapes, results."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pivot.codecs.dtypes import FollowingDtype
from pivot.dims import Dim, Quotient, Size
from pivot.dims import hint as dim_hint
from pivot.forms import Bound, Construction, Refused, normalise, read_apply, read_args, without_batch
from pivot.network import Node
from pivot.op import Op
from pivot.opset import Form
from pivot.predicates import other_rank
from pivot.reading import restating
from pivot.reading.bombs import check_graph, check_nested
from pivot.reading.modules import ModuleObject
from pivot.reading.own_axes import orders_any_rank, own_axes
from pivot.reading.spelled import Spelled, is_read_here, note_left_out
from pivot.reading.storage import new_version, read_tensor
from pivot.reading.trace import Visit
from pivot.reading.values import (
    INPUT,
    Api,
    DictObject,
    InstanceObject,
    ListObject,
    TensorCell,
    TensorVersion,
    Unknown,
    Value,
)
from pivot.results import ENTRIES, Result, ResultName, entry_id
from pivot.shapes import FreeSize, NoPlace, ShapeError, infer
from pivot.types import FLOATS, FixedKind, TensorType

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame
    from pivot.reading.values import ParameterObject


def plain_of(value: Value) -> object:
    """A value as the plain Python that forms read: tensors stay cells, library names are their text."""
    check_nested(value.hint)
    return _plain_of(value)


def _plain_of(value: Value) -> object:
    hint = value.hint
    if isinstance(hint, ListObject):
        return [_plain_of(v) for v in hint.items]
    if isinstance(hint, tuple):
        return tuple(_plain_of(v) for v in hint)
    if isinstance(hint, slice):
        parts = [p if not isinstance(p, Value) else _plain_of(p) for p in (hint.start, hint.stop, hint.step)]
        return slice(*parts)
    if isinstance(hint, DictObject):
        return {k: _plain_of(v) for k, (_, v) in hint.entries.items()}
    if isinstance(hint, Api):
        return hint.name
    if isinstance(hint, Quotient):
        return dim_hint(hint.over) / dim_hint(hint.by)  # its text is kept, and its number here
    if isinstance(hint, ModuleObject) and hint.form is not None and hint.visit is not None:
        args, kwargs = hint.visit.read_as or (hint.visit.args, hint.visit.kwargs)
        return Construction(hint.form.name, [_plain_of(v) for v in args], {k: _plain_of(v) for k, v in kwargs.items()})
    if isinstance(hint, InstanceObject) and hint.items is not None:
        return tuple(_plain_of(v) for v in hint.items)
    return hint


def try_forms(
    ev: Evaluator,
    forms: Iterable[Form],
    args: tuple[Value, ...],
    kwargs: Mapping[str, Value],
    node: ast.AST,
    frame: Frame,
) -> tuple[Form, Bound] | str:
    """The first form that reads a call of a function or a constructor, or why none does."""
    reasons: list[str] = []
    plain_args = tuple(plain_of(v) for v in args)
    plain_kwargs = {k: plain_of(v) for k, v in kwargs.items()}
    for form in forms:
        if form.origin != "builtin" and not is_read_here(ev, form, node, frame):
            continue
        bound = read_args(form, plain_args, plain_kwargs)
        if not isinstance(bound, Refused):
            if mistaken(bound):
                reasons.append("an argument was not read")
                continue
            if form.origin != "builtin":
                note_left_out(ev, form, bound, plain_args, plain_kwargs, node, frame)
            return form, bound
        if bound.why not in reasons:
            reasons.append(bound.why)
    return "; ".join(reasons) or "no form of it is known"


def mistaken(bound: Bound) -> bool:
    """Did a value that is unknown become a parameter?"""
    return any(isinstance(v, Unknown) for v in bound.params.values())


def given_values(bound: Bound, args: tuple[Value, ...], kwargs: Mapping[str, Value]) -> dict[str, Value]:
    """Per parameter, the value it was given as."""
    found: dict[str, Value] = {}
    for param, slot in bound.sources.items():
        where = bound.given.get(slot)
        if isinstance(where, int) and where < len(args):
            found[param] = args[where]
        elif isinstance(where, str) and where in kwargs:
            found[param] = kwargs[where]
    return found


def operand_of(ev: Evaluator, operand: object, node: ast.AST, frame: Frame) -> object:
    """An operand as the network holds it: versions instead of cells."""
    if isinstance(operand, TensorCell):
        return read_tensor(ev, operand, node, frame)
    if isinstance(operand, (list, tuple)):
        return tuple(operand_of(ev, item, node, frame) for item in operand)
    return operand


def type_of(operand: object) -> object:
    """An operand as the shape rules see it."""
    if isinstance(operand, TensorVersion):
        return operand.type
    if isinstance(operand, tuple):
        return tuple(type_of(item) for item in operand)
    return operand


def kind_kept(made: TensorType, asked: object, given: object) -> TensorType:
    """float32 asked for by name of fractions, of a tensor or of numbers, stays so whatever the program computes in."""
    fractions = isinstance(given, TensorType) and given.dtype in FLOATS
    if not fractions or asked != "float32" or isinstance(asked, FollowingDtype):
        return made
    return TensorType(made.shape, FixedKind(made.dtype))


def make_node(
    ev: Evaluator,
    form: Form,
    params: dict[str, object],
    operands: Mapping[str, object],
    node: ast.AST,
    frame: Frame,
    *,
    visit: Visit | None = None,
    bound: Bound | None = None,
    module: ModuleObject | None = None,
    given: Mapping[str, Value] | None = None,
    base: TensorCell | None = None,
) -> Value:
    """Apply an op: check parameters, infer shapes, add the node. The value has the form's result shape."""
    op = form.op
    order = form.order or None
    if orders_any_rank(form):
        params, order = own_axes(form, params), None
    held = {k: operand_of(ev, v, node, frame) for k, v in operands.items()}
    weights: dict[str, ParameterObject] = dict(module.weights) if module is not None else {}
    types = {k: type_of(v) for k, v in held.items()}
    if module is None:
        types.update({name: parameter.type for name, parameter in weights.items() if name not in types})
    for name, use in bound.codecs.items() if bound is not None else ():
        if held.get(name) is not None:
            if module is not None and isinstance(module.cls, Api):
                restating.turn_to(ev, module.cls.name)
            why = f"{op.name}: {name} is given through `{use.codec}`, which is not read yet"
            raise ev.refusal(frame, node, why, "leave the argument out, or write the computation out", "codec")
    checked = normalise(op, params, types)
    if isinstance(checked, Refused):
        if module is not None and isinstance(module.cls, Api):
            restating.turn_to(ev, module.cls.name)
        spelled = None if visit is None or module is not None else spelled_by(visit, form)
        return ev.dialect.unmapped_operands(ev, held, node, frame, f"{op.name}: {checked.why}", spelled=spelled)
    try:
        unbatched = bound is not None and bound.unbatched
        inferred = infer_on_trial(ev, op, checked, types, without_batch(form) if unbatched else order)
    except ShapeError as error:
        if isinstance(error, FreeSize) and (ev.speculating > 1 or (ev.unsettled and not ev.speculating)):
            raise  # the trial pass fixes the size
        awaited = guessed_of(ev, held)
        if awaited:
            return ev.dialect.waiting(ev, held, node, frame, awaited, f"{op.title}: {error}", module)
        library = module.cls if module is not None else Api(visit.name) if visit is not None else None
        if isinstance(library, Api):
            restating.turn_to(ev, library.name)
        raise ev.refusal(
            frame, node, f"{op.title}: {error}", "check the sizes or give another --input", "shape"
        ) from None
    if op.name in ("cast", "tensor") and ev.dialect.mixes_kinds:
        inferred = tuple(kind_kept(t, checked.get("dtype"), types.get("x", t)) for t in inferred)
    results: list[TensorVersion] = []
    awaited = guessed_of(ev, held)
    outputs: dict[str, object] = {}
    for place, (name, spec) in enumerate(op.outputs.items()):
        if spec.many:  # a list takes all that is left
            many = [new_version(ev, t) for t in inferred[place:]]
            results.extend(many)
            outputs[name] = tuple(Value(TensorCell(v, base), None, INPUT) for v in many)
        elif place < len(inferred):
            version = new_version(ev, inferred[place])
            results.append(version)
            outputs[name] = Value(TensorCell(version, base), None, INPUT)
    made_node = Node(
        id=f"n{len(ev.nodes) + 1}",
        op=op,
        form=form,
        params=dict(checked),
        operands=held,
        weights=weights,
        results=tuple(results),
        module=module,
        site=node,
        file=frame.file,
        frame=frame,
        modes={ev.mode},
        bound=bound,
        owner=owner_of(frame),
        params_from=dict(given or {}),
    )
    if awaited:
        ev.guessed.update((result.id, awaited) for result in results)
    check_graph(len(ev.nodes))
    ev.nodes.append(made_node)
    if visit is not None:
        visit.made = made_node
    return shape_result(form.result, outputs)


def infer_on_trial(
    ev: Evaluator,
    op: Op,
    params: Mapping[str, object],
    types: Mapping[str, object],
    order: Mapping[str, str | tuple[str, ...]] | None,
) -> tuple[TensorType, ...]:
    """Types of all outputs. Raises ShapeError.

    In an arm that is not taken, a place may be there on another configuration alone: `h[-2]` of one layer's states.
    """
    try:
        return infer(op, params, types, order)
    except NoPlace as error:
        if not ev.speculating:
            raise
        return (error.result,)


def guessed_of(ev: Evaluator, operands: Mapping[str, object]) -> str:
    """The unmapped call that the shape of an operand hangs on; "" where all shapes are known."""
    if not ev.guessed:
        return ""
    for operand in operands.values():
        for item in operand if isinstance(operand, tuple) else (operand,):
            if isinstance(item, TensorVersion) and item.id in ev.guessed:
                return ev.guessed[item.id]
    return ""


def owner_of(frame: Frame) -> ModuleObject | None:
    """The program module in whose method a frame runs."""
    for at in frame.chain():
        if at.receiver is not None and isinstance(at.receiver.hint, ModuleObject):
            return at.receiver.hint
    return None


def shape_result(pattern: Result, outputs: Mapping[str, object]) -> Value:
    """The Python shape of what a call returns, filled with tensors."""
    if isinstance(pattern, ResultName):
        if pattern.name == "_":
            return Value(Unknown("this result of the call is not modelled"))
        made = outputs[pattern.name]
        place = ENTRIES.get(pattern.codec or "")
        if place is not None and isinstance(made, Value) and isinstance(made.hint, TensorCell):
            return Value(TensorCell(entry_of(made.hint.version, place)), None, INPUT)
        if isinstance(made, tuple):
            return Value(made if pattern.star else ListObject(list(made)), None, INPUT)
        assert isinstance(made, Value)
        return made
    items: list[Value] = []
    for item in pattern.items:
        filled = shape_result(item, outputs)
        if isinstance(item, ResultName) and item.star:
            assert isinstance(filled.hint, tuple)
            items.extend(filled.hint)
        else:
            items.append(filled)
    return Value(tuple(items) if pattern.kind == "tuple" else ListObject(items), None, INPUT)


def entry_of(whole: TensorVersion, place: int) -> TensorVersion:
    """whole: (D, ...) -> its entry `place`: (...), as a call returns the state of one direction."""
    type_ = TensorType(whole.type.shape[1:], whole.type.dtype)
    return TensorVersion(entry_id(whole.id, place), type_, whole=whole, place=place)


def apply_layer(
    ev: Evaluator,
    module: ModuleObject,
    args: tuple[Value, ...],
    kwargs: Mapping[str, Value],
    node: ast.AST,
    frame: Frame,
    visit: Visit,
) -> Value:
    """A library layer called on tensors."""
    assert module.form is not None
    bound = read_apply(
        module.form, module.params, tuple(plain_of(v) for v in args), {k: plain_of(v) for k, v in kwargs.items()}
    )
    if isinstance(bound, Refused):
        if isinstance(module.cls, Api):
            restating.turn_to(ev, module.cls.name)
        cells = (cell for value in (*args, *kwargs.values()) for cell in ev.dialect.cells(value))
        held = {f"x{at}": operand_of(ev, cell, node, frame) for at, cell in enumerate(cells)}
        awaited = guessed_of(ev, held)
        if awaited:
            return ev.dialect.waiting(ev, held, node, frame, awaited, bound.why, module)
        spelled = layer_call(module, args, kwargs, node)
        why = f"{module.class_name}: {bound.why}"
        return ev.dialect.unmapped(ev, args, dict(kwargs), node, frame, why, module, spelled)
    bad = ev.dialect.check_constraints(ev, module, bound, node, frame)
    if bad is not None:
        if isinstance(module.cls, Api) and other_rank(module.form.when, bound.operands):
            restating.turn_to(ev, module.cls.name)
        held = {k: operand_of(ev, v, node, frame) for k, v in bound.operands.items()}
        awaited = guessed_of(ev, held)
        if awaited:
            return ev.dialect.waiting(ev, held, node, frame, awaited, bad, module)
        raise ev.refusal(frame, node, bad, "check the sizes or give another --input", "shape")
    visit.form, visit.bound = module.form, bound
    return make_node(
        ev,
        module.form,
        {**module.params, **bound.params},
        bound.operands,
        node,
        frame,
        visit=visit,
        bound=bound,
        module=module,
        given=module.param_values,
    )


def spelled_by(visit: Visit, form: Form) -> Spelled:
    """A call of a function as a form read it."""
    return Spelled(form.spelling, form.name, visit.node, visit.frame, visit.args, visit.kwargs)


def layer_call(
    module: ModuleObject, args: tuple[Value, ...], kwargs: Mapping[str, Value], node: ast.AST
) -> Spelled | None:
    """The call that made a library layer, with what it is applied to."""
    made = module.visit
    if made is None or not isinstance(module.cls, Api):
        return None
    return Spelled(
        "call", module.cls.name, made.node, made.frame, made.args, made.kwargs, "layer", args, kwargs, node
    )  # fmt: skip


def merge_constraints(bound: Bound) -> dict[tuple[str, str], Dim]:
    """Sizes that arguments fix: (operand, letter) -> size."""
    found: dict[tuple[str, str], Dim] = {}
    for constraint in bound.constraints:
        if isinstance(constraint.value, (int, Size)):
            found[constraint.operand, constraint.letter] = constraint.value
    return found
