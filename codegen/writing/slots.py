"""The arguments of a target call: the source's own expressions where they mean the same, else numbers."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from codegen.expanding import EACH
from codegen.layout import Layout
from codegen.letters_layout import stored_equation
from codegen.lower import Step
from codegen.orders import first_tensor
from codegen.writing import nodes
from codegen.writing.axes_as_said import as_said, said_in_source
from codegen.writing.axis_pads import said_pads
from codegen.writing.causal_pads import causal
from codegen.writing.disagreement import Disagreement
from codegen.writing.half_kernels import half_kernel
from codegen.writing.nested_words import with_nested
from codegen.writing.other_words import (
    are_numbers,
    chosen_by_flag,
    from_number,
    from_pairs,
    from_sizes,
    is_path,
    listed,
    templated,
)
from codegen.writing.slot_words import is_by_chance, own_word, right_for_all
from codegen.writing.stored_params import written_values
from pivot.codecs.base import NoForm
from pivot.codecs.dtypes import DtypeLike
from pivot.codecs.numbers import KerasEpsilon
from pivot.codecs.pads import KerasPads1
from pivot.dims import Size
from pivot.forms import DottedName, Nested, OperandRef, PlainFacts, Refused, Written, face
from pivot.op import Form
from pivot.params import ParamSpec
from pivot.predicates import equal
from pivot.reading.values import ListObject
from pivot.references import codec_of
from pivot.slots import MISSING, Coded, Made, Operand, Path, Slot
from pivot.spelling import refs_by_role

Given = Mapping[str, ast.expr]  # source slot key -> the argument expression, already in terms of the target


def slot_param(slot: Slot) -> str | None:
    """The parameter a slot writes."""
    if isinstance(slot.value, Path):
        return slot.value.name
    return slot.value.path.name if isinstance(slot.value, Coded) else None


def not_inferred(steps: list[Step], slot: Slot) -> ast.expr | None:
    """Every size is said by numbers."""
    return None


def arguments(
    layout: Layout,
    steps: list[Step],
    part: str,
    given: Given,
    source_form: Form | None,
    operand: Callable[[OperandRef], ast.expr],
    hints: Callable[[str], list[object]],
    inferred: Callable[[list[Step], Slot], ast.expr | None] = not_inferred,
) -> tuple[list[ast.expr], list[ast.keyword]]:
    """Arguments of one step, the same for all visits in `steps`. Raises Disagreement.

    `given` maps source slots to expressions, `operand` makes operand expressions, `hints` gives the values that a
    source slot had, `inferred` the words for a size that the source does not say.
    """
    per_visit: list[dict[str, Written]] = []
    for step in steps:
        values = written_values(layout, step, part)
        if isinstance(values, Refused):
            raise Disagreement(values.why)
        per_visit.append(values)
    if steps[0].op.shape == "einsum" and any(stored_equation(layout, step) is not None for step in steps):
        source_form = None  # the source's equation has its letters in another order
    form = steps[0].form
    args: list[ast.expr] = []
    kwargs: list[ast.keyword] = []
    gap = False
    for slot in form.args if part == "args" else form.apply:
        found = [v.get(slot.key) for v in per_visit]
        expression: ast.expr | list[ast.expr] | None
        expression = inferred(steps, slot) if any(w is not None for w in found) else None
        if expression is None and source_form is not None:
            expression = stated(steps, slot, given, source_form)
        if expression is None and source_form is not None:
            expression = as_said(layout, steps, slot, found, given, source_form, hints)
        if expression is None and source_form is not None:
            expression = said_pads(layout, steps, slot, given, source_form, hints)
        if expression is None:
            expression = slot_expression(steps, slot, found, given, source_form, operand, hints)
        if expression is None:
            gap = gap or not slot.keyword
            continue
        if isinstance(expression, list):
            args.extend(expression)
        elif slot.name is not None and (slot.keyword or gap or any(w is not None and w.keyword for w in found)):
            kwargs.append(ast.keyword(slot.name, expression))
        else:
            args.append(expression)
    return args, kwargs


def stated(steps: list[Step], slot: Slot, given: Given, source_form: Form) -> ast.expr | None:
    """What a slot says where the target's default is right for numbers that the program's own text may change."""
    codec = codec_of(slot.value) if isinstance(slot.value, Coded) else None
    if codec is None or codec.stated is None or not isinstance(slot.value, Coded):
        return None
    if any(codec.stated_without and not is_nothing(step.params.get(codec.stated_without)) for step in steps):
        return None
    names = (slot.value.path, *slot.value.refs)
    outer = [steps[0].origin.get(ref.name) for ref in names if isinstance(ref, Path)]
    named = [(slot_param(s), given[s.key]) for s in source_form.args if s.key in given]
    texts = {name: text for name, text in named if name is not None and name in outer}
    if all(nodes.is_constant(text) or nodes.has_gone(text) for text in texts.values()):
        return None
    own = texts.get(outer[0] or "")
    return ast.Constant(codec.stated) if own is None or nodes.has_gone(own) else own


def is_nothing(value: object) -> bool:
    """Is this 0, or nothing but zeros?"""
    return all(map(is_nothing, value)) if isinstance(value, (list, tuple)) else value == 0


def slot_expression(
    steps: list[Step],
    slot: Slot,
    found: list[Written | None],
    given: Given,
    source_form: Form | None,
    operand: Callable[[OperandRef], ast.expr],
    hints: Callable[[str], list[object]],
) -> ast.expr | list[ast.expr] | None:
    """What stands in a slot: None = left out, a list = spread over the following places."""
    present = [w for w in found if w is not None]
    param = slot_param(slot)
    if param is not None and source_form is not None:
        text = source_text(steps, slot, param, given, source_form, hints)
        named = {slot_param(s): given[s.key] for s in source_form.args if s.key in given}
        if text is not None and (present or not nodes.is_constant(text) or is_by_chance(steps, slot, named)):
            return list(text.elts) if slot.variadic and isinstance(text, (ast.Tuple, ast.List)) else text
    if not present:
        return None
    first = present[0].value
    if isinstance(first, OperandRef):
        made = deeper(operand(first)) if first.deep else operand(first)
        if slot.variadic:
            return list(made.elts) if isinstance(made, (ast.List, ast.Tuple)) else [ast.Starred(made, ast.Load())]
        return made
    if isinstance(first, Nested):
        return nested(steps, slot, first, found, given, source_form, operand, hints)
    values = [w.value if w is not None else slot.default for w in found]
    if any(v is MISSING or not equal(v, first) for v in values if not isinstance(v, DottedName)):
        agreed = right_for_all(steps, slot, values)
        if agreed is not None:
            return nodes.literal(agreed)
        arms = either(steps, param, values, given, source_form) or named_in_scope(steps, values)
        if arms is not None:
            return arms
        last = from_the_end(steps, param, values)
        if last is not None:
            return nodes.literal(last)
        varying = said_in_source(steps, param, values, given, source_form, hints) or causal(steps, values, given)
        varying = varying or half_kernel(steps, slot, values, given, source_form, hints)
        varying = varying or own_word(steps, slot, source_slot(steps, param, source_form), given)
        if varying is not None:
            return varying
        raise Disagreement.of(slot.key, values)
    if slot.variadic and isinstance(first, (tuple, list)):
        return [nodes.literal(v) for v in first]
    return nodes.literal(first)


def deeper(text: ast.expr) -> ast.expr:
    """`(h.unsqueeze(0), c.unsqueeze(0))` for `(h, c)`."""
    if isinstance(text, (ast.Tuple, ast.List)):
        text.elts = [deeper(part) for part in text.elts]
        return text
    if isinstance(text, ast.Subscript) and text.__dict__.get("only"):
        return text.value  # the only entry of a state
    return ast.Call(ast.Attribute(text, "unsqueeze", ast.Load()), [ast.Constant(0)], [])


def either(
    steps: list[Step], param: str | None, values: list[object], given: Given, source_form: Form | None
) -> ast.expr | None:
    """`(0, 1) if kernel == 3 else (1, 2)` in the target's notation: each arm is what its visits want."""
    outer = steps[0].origin.get(param) if param is not None else None
    source = next((s for s in source_form.args if outer and slot_param(s) == outer), None) if source_form else None
    text = given.get(source.key) if source is not None else None
    if source is None or param is None or not isinstance(text, ast.IfExp):
        return None
    arms: list[ast.expr] = []
    for arm in (text.body, text.orelse):
        try:
            own = ast.literal_eval(arm)
        except ValueError:
            return None
        found = [
            v
            for step, v in zip(steps, values, strict=True)
            if step.origin.get(param) == outer and says(source, own, step)
        ]
        if not found or any(not equal(value, found[0]) for value in found):
            return None
        arms.append(nodes.literal(found[0]))
    return ast.IfExp(text.test, arms[0], arms[1])


def named_in_scope(steps: list[Step], values: list[object]) -> ast.expr | None:
    """A parameter of the function that makes a layer, where it is the very number that each visit wants."""
    from codegen.writing.scoping import plain_parameters, settled_name

    frames = [s.node.module.frame for s in steps if s.node is not None and s.node.module is not None]
    if len(frames) != len(steps) or any(f is None or f.function is None for f in frames):
        return None
    if not all(isinstance(v, int) and not isinstance(v, bool) for v in values):
        return None
    for name in plain_parameters(frames[0]):  # type: ignore[arg-type]
        if all(settled_name(f, name) == v for f, v in zip(frames, values, strict=True)):  # type: ignore[arg-type]
            return ast.Name(name, ast.Load())
    return None


def source_slot(steps: list[Step], param: str | None, form: Form | None) -> Slot | None:
    """The argument of the source's call that a parameter comes from."""
    outer = steps[0].origin.get(param) if param is not None else None
    return next((s for s in form.args if outer and slot_param(s) == outer), None) if form is not None else None


def says(source: Slot, given: object, step: Step) -> bool:
    """Does an argument of the source's call say what a step's node has for it?"""
    node, param = step.node, slot_param(source)
    if node is None or node.form is None or param is None:
        return False
    if not isinstance(source.value, Coded):
        return equal(given, node.params.get(param))
    codec = codec_of(source.value)
    facts = PlainFacts(node.params, {}, frozenset(), frozenset(), {})
    try:
        read = codec.read(given, refs_by_role(node.form, codec.roles, source.value.refs, node.params, facts))
    except NoForm:
        return False
    return equal(read, node.params.get(param))


def from_the_end(steps: list[Step], param: str | None, values: list[object]) -> int | tuple[int, ...] | None:
    """An axis, or axes, of tensors of several ranks that are the same from the end at all visits."""
    kind = steps[0].op.params[param].type.kind if param is not None else ""
    if kind not in ("axis", "axes", "new_axis", "new_axes"):
        return None
    tensors = [first_tensor(s) for s in steps]
    if any(t is None for t in tensors):
        return None
    found: set[int | tuple[int, ...]] = set()
    for value, tensor in zip(values, tensors, strict=True):
        each = value if isinstance(value, tuple) else (value,)
        rank = (len(tensor.type.shape) if tensor is not None else 0) + (len(each) if kind.startswith("new") else 0)
        behind = [v if v < 0 else v - rank for v in each if isinstance(v, int)]
        if len(behind) != len(each):
            return None
        found.add(tuple(behind) if isinstance(value, tuple) else behind[0])
    return next(iter(found)) if len(found) == 1 else None


def nested(
    steps: list[Step],
    outer: Slot,
    made: Nested,
    found: list[Written | None],
    given: Given,
    source_form: Form | None,
    operand: Callable[[OperandRef], ast.expr],
    hints: Callable[[str], list[object]],
) -> ast.expr:
    """A constructor inside a constructor: Bidirectional(LSTM(...))."""
    tables = [
        {w.slot.key: w for w in f.value.arguments} for f in found if f is not None and isinstance(f.value, Nested)
    ]
    args: list[ast.expr] = []
    kwargs: list[ast.keyword] = []
    for slot in outer.value.slots if isinstance(outer.value, Made) else ():
        values = [t.get(slot.key) for t in tables]
        expression = slot_expression(steps, slot, values, given, source_form, operand, hints)
        if isinstance(expression, ast.expr):
            keyword = slot.keyword or any(w is not None and w.keyword for w in values)
            if keyword and slot.name is not None:
                kwargs.append(ast.keyword(slot.name, expression))
            else:
                args.append(expression)
    return ast.Call(nodes.name(made.call), args, kwargs)


def source_text(
    steps: list[Step], slot: Slot, param: str, given: Given, source_form: Form, hints: Callable[[str], list[object]]
) -> ast.expr | None:
    """The source's own expression for a parameter, where the notations of both frameworks say the same by it."""
    outer = steps[0].origin.get(param)
    if outer is None:
        return each_of_one(steps, f"{param} of {EACH}", given, source_form, hints)
    if any(s.origin.get(param) != outer for s in steps):
        return None
    source = next((s for s in with_nested(source_form) if slot_param(s) == outer or number_of(s) == outer), None)
    if source is None or source.key not in given:
        return chosen_by_flag(outer, source_form, given)
    expression = given[source.key]
    if nodes.has_gone(expression):
        return None
    if outer.startswith("@"):
        return expression if isinstance(slot.value, Path) else None
    spec = steps[0].op.params[param]
    if (
        steps[0].op.shape in ("creation", "repeat")
        and spec.type.kind == "dims"
        and (
            any(has_size(s.params.get(param)) for s in steps)
            or (
                isinstance(expression, (ast.Tuple, ast.List))
                and all(stands_for(h, expression) for h in hints(source.key))
            )
            or (is_path(expression) and is_shape(steps, param, hints(source.key)))
        )
    ):
        return expression
    if isinstance(source.value, Coded) and isinstance(codec_of(source.value), DtypeLike):
        return ast.Attribute(expression, "dtype", ast.Load()) if is_path(expression) else None
    if spec.type.kind == "dtype" and says_dtype(expression):
        layers_own = steps[0].form.framework == "torch" and ast.unparse(expression) in (
            "self.dtype",
            "self.compute_dtype",
        )
        return None if layers_own else expression  # the element type of another tensor; PyTorch's layers have none
    if spec.type.kind in ("axis", "axes", "new_axis", "new_axes", "dims", "index", "dtype"):
        return None
    a, b = face(source), face(slot)
    if (a, b) == ("plain", "ntuple") and is_full(spec, hints(source.key)):
        a = b if is_path(expression) else a  # all numbers, one for each axis, in a name
    if is_nested(source) and is_nested(slot):
        return expression if not nodes.is_constant(expression) else None
    paired = None
    if isinstance(slot.value, Coded) and are_numbers(hints(source.key)):
        paired = from_pairs(steps, slot, source, param, listed(expression, hints(source.key)))
    if paired is not None:
        return paired
    if isinstance(source.value, Coded) and codec_of(source.value).number_face:
        if nodes.is_constant(expression) or not all(isinstance(h, int) for h in hints(source.key)):
            return None
        written = from_number(steps, slot, param, expression)
        if written is not None:
            return written
    cut = from_sizes(slot, source, expression, hints(source.key))
    if cut is not None:
        return cut
    if a == "pads" and b != "pads" and not nodes.is_constant(expression):
        one = all(type(h) is int for h in hints(source.key))  # for every side
        if takes_number(slot, param, steps):
            return expression if one else None
        written = from_number(steps, slot, param, expression) if one else None
        if written is not None:
            return written
    if (isinstance(slot.value, Coded) and b is None) or a is None or a != b:
        return templated(source, slot, expression, lambda ref: text_of(steps, ref, given, source_form))
    if b == "pads" and not all(plain_pads(h) for h in hints(source.key)):
        return None
    sided = isinstance(slot.value, Coded) and codec_of(slot.value).number_face  # a tuple says left, right, top, bottom
    if b == "pads" and sided and not all(isinstance(h, int) for h in hints(source.key)):
        return None
    if any(isinstance(s.value, Coded) and isinstance(codec_of(s.value), KerasEpsilon) for s in (source, slot)):
        own = not nodes.is_constant(expression) and all(isinstance(h, float) for h in hints(source.key))
        return expression if own else None  # None is another number here
    if any(predicate.name == "integer" for predicate in steps[0].form.when) and spec.type.kind == "float":
        return as_whole(expression, hints(source.key))
    if b == "ntuple" and (steps[0].form.framework, steps[0].form.kind) == ("keras", "function"):
        return as_tuple(expression, hints(source.key))
    return expression


def number_of(slot: Slot) -> str | None:
    """An operand that a slot takes as it is, where it may be a number: `@b`."""
    plain = isinstance(slot.value, Operand) and slot.value.form == "one" and slot.value.codec is None
    return f"@{slot.value.names[0]}" if isinstance(slot.value, Operand) and plain else None


def is_full(spec: ParamSpec, hints: list[object]) -> bool:
    """Are these tuples of as many numbers as a parameter has?"""
    return bool(hints) and all(isinstance(h, (tuple, list)) and len(h) == spec.type.count for h in hints)


def as_whole(expression: ast.expr, hints: list[object]) -> ast.expr | None:
    """`scale_factor=2.0 ** k` where the target takes whole numbers alone: `int(2.0 ** k)`; None: the number itself.

    Of a fraction that another configuration may give, `int` would make another number without a word.
    """
    if all(isinstance(hint, int) for hint in hints):
        return expression
    base = expression.left if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Pow) else None
    whole = isinstance(base, ast.Constant) and isinstance(base.value, (int, float)) and base.value == int(base.value)
    return nodes.call("int", [expression]) if whole and all(isinstance(hint, (int, float)) for hint in hints) else None


def each_of_one(
    steps: list[Step], name: str, given: Given, source_form: Form, hints: Callable[[str], list[object]]
) -> ast.expr | None:
    """The source's text of one whole number that stands for one per axis: `scale_factor=scale`."""
    outer = steps[0].origin.get(name)
    source = next((s for s in source_form.args if outer is not None and slot_param(s) == outer), None)
    text = given.get(source.key) if source is not None else None
    if source is None or text is None or not is_path(text) or any(s.origin.get(name) != outer for s in steps):
        return None
    return text if all(type(hint) is int for hint in hints(source.key)) else None


def text_of(steps: list[Step], param: str, given: Given, source_form: Form) -> ast.expr | None:
    """The source's text of a parameter, or its number; None where the call gives neither."""
    outer = steps[0].origin.get(param)
    source = next((s for s in source_form.args if s.value == Path(outer or "")), None)
    text = given.get(source.key) if source is not None else None
    return None if text is None or nodes.has_gone(text) else text


def is_nested(slot: Slot) -> bool:
    """Does a slot take numbers in lists, which both sides write alike?"""
    return isinstance(slot.value, Coded) and slot.value.codec == "nested"


def says_number_for_all(slot: Slot, value: object) -> bool:
    """Has a slot a notation for one number that pads every side?"""
    if not isinstance(slot.value, Coded) or not isinstance(value, tuple):
        return False
    codec = codec_of(slot.value)
    return isinstance(codec, KerasPads1) or codec.from_number(value) is not None


def takes_number(slot: Slot, param: str, steps: list[Step]) -> bool:
    """Is one number for the padding of both sides the target's own notation, though a list is not: ZeroPadding1D?"""
    if not isinstance(slot.value, Coded) or face(slot) is not None:
        return False
    codec = codec_of(slot.value)
    return isinstance(codec, KerasPads1) and all(uniform(s.params.get(param)) for s in steps)


def uniform(pads: object) -> bool:
    """Are pads the same before and behind?"""
    return isinstance(pads, tuple) and all(isinstance(p, tuple) and p[0] == p[1] for p in pads)


def as_tuple(expression: ast.expr, hints: list[object]) -> ast.expr | None:
    """Numbers per axis that the source holds in a list: Keras' functions, unlike its layers, want a tuple."""
    if not any(isinstance(h, ListObject) for h in hints):
        return expression
    if isinstance(expression, ast.List):
        return ast.Tuple(expression.elts, ast.Load())
    return nodes.call("tuple", [expression]) if all(isinstance(h, (ListObject, tuple)) for h in hints) else None


def stands_for(hint: object, sizes: ast.Tuple | ast.List) -> bool:
    """Is a shape given by one number after the other, or by a tuple or list of as many?"""
    items = hint.items if isinstance(hint, ListObject) else hint
    return isinstance(hint, int) or (isinstance(items, (tuple, list)) and len(items) == len(sizes.elts))


def is_shape(steps: list[Step], param: str, hints: list[object]) -> bool:
    """Is a value the shape that each visit wants?"""
    sizes = [tuple(v.hint for v in h.items) if isinstance(h, ListObject) else h for h in hints]
    return len(hints) == len(steps) and all(
        isinstance(h, tuple) and h == s.params.get(param) for h, s in zip(sizes, steps, strict=True)
    )


def says_dtype(expression: ast.expr) -> bool:
    """Is this a type that comes from a tensor, a layer or a variable, rather than one that is written down?"""
    return isinstance(expression, ast.Name) or (
        isinstance(expression, ast.Attribute) and expression.attr in ("dtype", "compute_dtype")
    )


def has_size(value: object) -> bool:
    """Is one of the sizes known only when the program runs?"""
    return isinstance(value, Size) or (isinstance(value, (tuple, list)) and any(map(has_size, value)))


def plain_pads(hint: object) -> bool:
    """Padding that both sides write the same way: a number, or one per axis."""
    return isinstance(hint, int) or (isinstance(hint, tuple) and all(isinstance(h, int) for h in hint))
