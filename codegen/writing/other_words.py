"""The source's expression of a parameter in the other framework's notation: pairs, pieces, `1 - e`, a flag."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping

from codegen.lower import Step
from codegen.writing import nodes
from pivot.codecs.pieces import CutPoints, SectionSizes
from pivot.dims import Size
from pivot.op import Form
from pivot.reading.values import ListObject, Value
from pivot.references import codec_of
from pivot.slots import Coded, Literal, Path, Slot


def from_number(steps: list[Step], slot: Slot, param: str, expression: ast.expr) -> ast.expr | None:
    """`((0, 0), (e, e), (0, 0))` where the source says one number for all."""
    text = codec_of(slot.value).from_number(steps[0].params[param]) if isinstance(slot.value, Coded) else None
    return filled(text, {"e": expression}) if text is not None else None


def from_pairs(steps: list[Step], slot: Slot, source: Slot, param: str, expression: ast.expr) -> ast.expr | None:
    """`((0, 0), (top, bottom), (left, right), (0, 0))` for a source that lists `left, right, top, bottom`."""
    if not isinstance(source.value, Coded) or not isinstance(slot.value, Coded):
        return None
    if not isinstance(expression, (ast.List, ast.Tuple)) or all(map(nodes.is_constant, expression.elts)):
        return None
    pairs = codec_of(source.value).pairs_of(len(expression.elts))
    value = steps[0].params[param]
    if pairs is None or not isinstance(value, tuple) or len(value) != len(pairs):
        return None
    text = codec_of(slot.value).from_pairs(len(pairs))
    parts = {f"{'ab'[k]}{axis}": expression.elts[at] for axis, pair in enumerate(pairs) for k, at in enumerate(pair)}
    if codec_of(slot.value).number_face and len({ast.dump(part) for part in parts.values()}) == 1:
        return expression.elts[0]
    return filled(text, parts) if text is not None else None


def are_numbers(hints: list[object]) -> bool:
    """Are these lists or tuples of numbers, with no list inside?"""
    items = [h.items if isinstance(h, ListObject) else h for h in hints]
    return all(isinstance(each, (list, tuple)) and all(map(is_number, each)) for each in items)


def is_number(item: object) -> bool:
    """Is this a number, or the value of one?"""
    return isinstance(item.hint if isinstance(item, Value) else item, (int, Size))


def listed(expression: ast.expr, hints: list[object]) -> ast.expr:
    """The items of a list or tuple that has a name, where it has as many at every visit: `pads[0], pads[1]`."""
    counts = {len(h) if isinstance(h, tuple) else len(h.items) if isinstance(h, ListObject) else -1 for h in hints}
    count = next(iter(counts), -1)
    if not is_path(expression) or len(counts) != 1 or count < 0:
        return expression
    return ast.Tuple([ast.Subscript(expression, ast.Constant(i), ast.Load()) for i in range(count)], ast.Load())


def from_sizes(slot: Slot, source: Slot, expression: ast.expr, hints: list[object]) -> ast.expr | None:
    """`[a, a + b]` for a source that says the sizes `[a, b, c]` of pieces."""
    if not isinstance(slot.value, Coded) or not isinstance(source.value, Coded) or nodes.is_constant(expression):
        return None
    cuts, sizes = codec_of(slot.value), codec_of(source.value)
    if not isinstance(cuts, CutPoints) or not isinstance(sizes, SectionSizes):
        return None
    if not all(isinstance(hint, (tuple, ListObject)) for hint in hints):
        return None  # one size for all
    if isinstance(expression, (ast.List, ast.Tuple)) and not any(isinstance(e, ast.Starred) for e in expression.elts):
        parts = {f"s{k}": part for k, part in enumerate(expression.elts)}
        return filled(cuts.from_sizes(len(parts)), parts)
    named = is_path(expression) and not (isinstance(expression, ast.Name) and expression.id == "i")
    return filled(cuts.from_sizes(None), {"e": expression}) if named else None


def templated(
    source: Slot, slot: Slot, expression: ast.expr, said: Callable[[str], ast.expr | None]
) -> ast.expr | None:
    """`1 - e`, `e // heads` and the like, where one side has such a codec and the other takes the value itself.

    `said`: the source's text of another parameter, which the codec looks at.
    """
    coded, way = (slot.value, 1) if isinstance(source.value, Path) else (source.value, 0)
    if not isinstance(coded, Coded) or (way == 0 and (not isinstance(slot.value, Path) or coded.refs)):
        return None  # a width that is put together of others is the tensor's own
    codec = codec_of(coded)
    if codec.template is None:
        return None
    texts = {"e": expression}
    for role, ref in zip(codec.roles, coded.refs, strict=False):
        text = said(ref.name) if isinstance(ref, Path) and ref.index is None else None
        if text is None:
            return None
        texts[role] = text
    return None if all(map(nodes.is_constant, texts.values())) else filled(codec.template[way], texts)


def chosen_by_flag(param: str, form: Form, given: Mapping[str, ast.expr]) -> ast.expr | None:
    """The source's text of a truth value that decides about other parameters alone: `affine` for scale and center.

    The forms of one call differ in what they want for it, and each has that very value for the parameter.
    """
    for slot in form.args:
        text = given.get(slot.key)
        if text is None or nodes.is_constant(text) or not isinstance(slot.value, Literal):
            continue
        alike = [f for f in form.op.forms.get(form.framework, ()) if (f.name, f.kind) == (form.name, form.kind)]
        wanted = [next((s.value for s in f.args if s.key == slot.key), None) for f in alike]
        flags = {value.value for value in wanted if isinstance(value, Literal)}
        if flags != {True, False} or any(not isinstance(value, Literal) for value in wanted):
            continue
        if all(
            isinstance(value, Literal) and settled(param, f, given) is value.value
            for f, value in zip(alike, wanted, strict=True)
        ):
            return text
    return None


def settled(param: str, form: Form, given: Mapping[str, ast.expr]) -> object:
    """The value that a parameter has by a form, where the call says nothing of it; None where it might."""
    derived = form.derive.get(param)
    if derived is not None:
        return {"True": True, "False": False}.get(derived)
    slot = next((s for s in form.args if isinstance(s.value, Path) and s.value.name == param), None)
    return slot.default if slot is not None and slot.key not in given else None


def filled(template: str, texts: Mapping[str, ast.expr]) -> ast.expr:
    """A template with expressions in the place of its names."""

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return copy.deepcopy(texts[node.id]) if node.id in texts else node

    made = Fill().visit(ast.parse(template, mode="eval").body)
    assert isinstance(made, ast.expr)
    return made


def is_path(expression: ast.expr) -> bool:
    """Is this a name, or an attribute of one?"""
    return isinstance(expression, ast.Name) or (isinstance(expression, ast.Attribute) and is_path(expression.value))
