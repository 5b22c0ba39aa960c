"""Modules called and in-place operators, as text."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.orders import first_name
from codegen.writing import deriving, layer_facts, nodes, program_calls, same_pads
from codegen.writing.disagreement import Disagreement
from codegen.writing.following import is_said_at_calls
from codegen.writing.mixed import held_together
from codegen.writing.plan_steps import gives_several_first, transposed_list
from codegen.writing.plans import Material, Unwritable
from codegen.writing.results import alike, filled, parts, picked
from codegen.writing.sharing import fill_sizes, settle, shared
from codegen.writing.slots import arguments
from pivot.forms import OperandRef
from pivot.reading.own_layer import OWN, depends_on_mode
from pivot.reading.trace import Visit
from pivot.reading.values import MODE

if TYPE_CHECKING:
    from codegen.lower import Lowered
    from codegen.writing.expressions import Expressions
    from codegen.writing.sites import Site


def apply(e: Expressions, node: ast.Call, visits: list[Visit]) -> ast.expr:
    """A module called. Layers with a sibling before them are called through it."""
    func = e.expr(node.func)
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("forward", "__call__") and visits[0].name != "super":
        func = e.expr(node.func.value)
    elif visits[0].name == OWN:
        func = ast.Attribute(nodes.call("super"), e.w.call_name, ast.Load())
    elif visits[0].name == "super" and isinstance(node.func, ast.Attribute):
        func = deriving.above(e, visits) or ast.Attribute(e.expr(node.func.value), e.w.call_name, ast.Load())
    if e.w.source.mode_argument and not e.w.target.mode_argument:
        check_mode(e, visits)
    made = applied(e, node, func, visits)
    return made if e.w.target.nests_anything else held_together(e, visits, made)


def applied(e: Expressions, node: ast.Call, func: ast.expr, visits: list[Visit]) -> ast.expr:
    """The call, by its function in the target."""
    made_here = program_calls.made_at_call(e, node, visits)
    if made_here is not None:
        return made_here
    library = [v for v in visits if v.module is not None and v.module.form is not None and v.entered is None]
    if not library:
        return program_calls.with_arguments(e, node, func, visits)
    made = e.w.activations.around(e, node, apply_layer(e, node, func, library))
    named = visits[0].name in (OWN, "super") and bool(e.w.target.mode_argument)
    if named and isinstance(made, ast.Call) and mode_counts(visits):
        made.keywords.append(ast.keyword("training", ast.Name("training", ast.Load())))
    others = [v for v in visits if v.module is not None and v not in library]
    if not others:
        return made
    own = program_calls.with_arguments(e, node, func, others)
    plain = ast.Call(own.func, own.args, [k for k in own.keywords if k.arg is not None])
    if ast.dump(made) == ast.dump(plain) and not any(v.kwargs for v in library):
        return own  # `**kwargs` was empty for the library's layers
    if ast.dump(made) != ast.dump(own):
        ways = f"{ast.unparse(made)}; {ast.unparse(own)}"
        raise Unwritable(f"a library layer and a module of the program are called here in different ways ({ways})")
    return made


def check_mode(e: Expressions, visits: list[Visit]) -> None:
    """Refuse a layer that is called in one mode, whatever the mode of the model is."""
    for visit in visits:
        said = visit.kwargs.get(e.w.source.mode_argument)
        if visit.kind != "apply" or said is None or not isinstance(said.hint, bool) or said.depends & MODE:
            continue
        if not said.hint:
            continue  # that it stays in evaluation was said where it was read
        inside = [m.form for _, m in visit.module.walk()] if visit.module is not None else []
        if any(form is not None and depends_on_mode(form) for form in inside):
            raise Unwritable(f"a layer is called with {e.w.source.mode_argument}={said.hint}, whatever the mode is")


def mode_counts(visits: list[Visit]) -> bool:
    """Is a layer called that does something else in training?"""
    return any(v.form is not None and depends_on_mode(v.form) for v in visits)


def apply_layer(e: Expressions, node: ast.Call, func: ast.expr, visits: list[Visit]) -> ast.expr:
    """A library layer applied: operands in the order it wants."""
    lowered = [
        e.w.lowering.lowered[id(v.made)] for v in visits if v.made is not None and id(v.made) in e.w.lowering.lowered
    ]
    if not lowered or lowered[0].chosen is None:
        return program_calls.with_arguments(e, node, func, visits)
    visit = visits[0]
    assert visit.bound is not None
    given = e.given(node, visit.bound)
    if any(m.spoken for m in lowered):
        if not all(m.spoken for m in lowered):
            raise Unwritable("this layer is a function at some of its calls only")
        made = e.w.plans.function(lowered, Material(given, visit.form, lambda s: [], e.locals))
        e.w.link(node, made, [m.node for m in lowered])
        return made
    step = lowered[0].chosen.steps[0]
    x_name = first_name(step)
    last = [m.chosen.steps[-1] for m in lowered if m.chosen is not None]
    placed = [e.w.layout.placed[id(m.chosen.steps[0])] for m in lowered if m.chosen is not None]
    if any(p.why for p in placed):
        raise Unwritable(next(p.why for p in placed if p.why))
    turned = [p.transposes for p in placed]
    if any(one != turned[0] for one in turned):
        raise Unwritable("this layer is reached with tensors stored in different orders")
    stored: dict[str, ast.expr] = {}  # tensors in the layer's order: one that is several operands is brought there once

    def operand(ref: OperandRef) -> ast.expr:
        owner = step if ref.name in step.operands else last[0]
        if ref.form != "one" and (ref.others or not isinstance(owner.operands.get(ref.name), tuple)):
            each = [operand(OperandRef(name)) for name in (ref.name, *ref.others)]
            return ast.List(each, ast.Load()) if ref.form == "list" else ast.Tuple(each, ast.Load())
        material = Material(given, visit.form, lambda s: [layer_facts.hint_of(v, s) for v in visits], e.locals)
        text = settle(e.w.plans.source_operand(owner, ref.name, owner.operands.get(ref.name), material), e.locals)
        perm = turned[0].get(ref.name) if owner is step and step.form.kind == "layer" else None
        if perm and isinstance(perm[0], int):
            text = stored.setdefault(ast.dump(text), shared(e.w.target.transpose(text, perm), ref.name))
        elif perm:
            text = transposed_list(e.w.target, text, perm)
        if ref.name == x_name:
            before = e.w.sibling(node.func, visits)
            made_at = visits[0].module.site if visits[0].module is not None else None
            made_by = e.w.trace.of(made_at) if made_at is not None else []
            if before is not None and is_said_at_calls(lowered[0].chosen, made_by):
                text = said_before(e, lowered, text, material, func)
            elif before is not None:
                text = ast.Call(before, [text], [])
        return text

    steps = [m.chosen.steps[-1] for m in lowered if m.chosen is not None]
    args: list[ast.expr]
    kwargs: list[ast.keyword] = []
    if len(steps[0].form.apply) and steps[0].form.kind == "layer":
        if len(lowered[0].chosen.steps) > 1:
            args = [operand(OperandRef(x_name))]
        else:
            try:
                args, kwargs = arguments(e.w.layout, steps, "apply", given, visit.form, operand, lambda s: [])
            except Disagreement as no:
                raise Unwritable(no.why) from None
    else:
        args = [operand(OperandRef(x_name))]
    call = settle(ast.Call(func, args, kwargs), e.locals)
    first = gives_several_first(lowered[0])
    if first is not None:
        found = parts(e.w.target, first.form.result, call)
        known = {r.id: shared(found[n], n) for n, r in zip(first.op.outputs, first.results, strict=True) if n in found}
        made = e.w.plans.function(lowered, Material(given, visit.form, lambda s: [], e.locals), known=known)
    else:
        made = in_shape(e, node, call, lowered[0], visit)
    e.w.link(node, made, [m.node for m in lowered])
    return made


def said_before(e: Expressions, lowered: list[Lowered], x: ast.expr, material: Material, layer: ast.expr) -> ast.expr:
    """What is computed before a layer, as a function of the tensor that it is called with."""
    first = [m.chosen.steps[0] for m in lowered if m.chosen is not None]
    asked = same_pads.window(lowered, 0)
    told = same_pads.of_layer(lowered, layer) if asked is None or same_pads.follows_names(lowered) else None
    told = same_pads.arguments(asked) if told is None and asked is not None else told
    padded = e.w.target.same_pad(x, told, same_pads.value(first[0])) if told is not None else None
    text = padded if padded is not None else e.w.plans.step_text(first, material, lambda ref: x)
    return settle(fill_sizes(text, e.w.plans.sizes_of_visits(lowered, material, {})), e.locals)


def in_shape(e: Expressions, node: ast.Call, call: ast.expr, low: Lowered, visit: Visit) -> ast.expr:
    """What a layer returned, in the shape of the source's result; as it is where the statement takes it apart."""
    assert low.chosen is not None
    target, place = low.chosen.steps[-1].form.result, e.places.get(id(node))
    if visit.form is None or node is e.as_is or (place is None and alike(visit.form.result, target)):
        return call
    wanted = visit.form.result if place is None else picked(visit.form.result, place)
    if wanted is None:
        return ast.Subscript(call, ast.Constant(place), ast.Load())
    return settle(filled(wanted, parts(e.w.target, target, shared(call, "results"))), e.locals)


def op_of(e: Expressions, left: ast.expr, right: ast.expr, site: Site, visits: list[Visit]) -> ast.expr:
    """`left op= right` as the plan of its operator."""
    bound = visits[0].bound
    assert bound is not None
    parts = [left, right]
    given = {key: e.expr(parts[where]) for key, where in bound.given.items() if isinstance(where, int) and where < 2}
    material = Material(given, visits[0].form, lambda slot: [])
    return e.w.plans.function(site.cases[0].members, material)
