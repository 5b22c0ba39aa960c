"""Reshapes, squeezes and indexing as text, in storage order and with the free size on the batch."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codegen.axis_groups import groups
from codegen.orders import first_name, first_tensor
from codegen.writing import nodes, sharing
from codegen.writing.joined_sizes import is_one, joined_text, product
from codegen.writing.narrow_text import narrowed
from pivot.dims import Dim, Size, symbols
from pivot.dims import hint as dim_hint
from pivot.reading.values import ListObject, TensorCell
from pivot.slots import Coded, Path

if TYPE_CHECKING:
    from codegen.layout import Layout
    from codegen.lower import Step
    from codegen.writing.slots import Given
    from pivot.op import Form


def applied(layout: Layout, steps: list[Step]) -> list[Step]:
    """The steps that tell how tensors are stored: not those of a layer that is never applied, where others are."""
    return [s for s in steps if id(s.node) not in layout.lowering.unapplied] or steps


def reshape_expression(
    layout: Layout,
    steps: list[Step],
    x: ast.expr,
    given: Given,
    form: Form | None,
    elements: Sequence[ast.expr | None] | None = None,
) -> ast.expr:
    """`ops.reshape(x, (-1, h, w, c))`; `ops.squeeze` where only axes of size 1 go; Flatten where sizes differ.

    `elements`: the sizes of the result, one per axis, as far as they are known as text.
    """
    from codegen.writing.plans import Unwritable

    orders = {layout.order_of(s.results[0]) for s in applied(layout, steps)}
    if len(orders) != 1:
        raise Unwritable("the visits of this reshape store their results in different orders")
    order = next(iter(orders))
    squeezed = [squeezed_places(layout, s) for s in steps]
    if squeezed[0] and all(s == squeezed[0] for s in squeezed) and not source_elements(steps, given, form):
        axes = squeezed[0]
        return layout.target.squeeze(x, axes)
    sizes = [[s.results[0].type.shape[axis] for axis in order] for s in steps]
    elements = elements if elements is not None else source_elements(steps, given, form)
    if flattens(layout, steps, order, elements):
        return layout.target.flatten(x)
    texts: list[ast.expr | None] = []
    for place, axis in enumerate(order):
        column = [layout.settled(row[place]) for row in sizes]
        said = elements[axis] if elements is not None else None
        own = kept_size(layout, steps, x, axis) if said is None else left_over(layout, steps, x, axis, elements or ())
        texts.append(own or size_text(column, said))
    open_places = [i for i, t in enumerate(texts) if t is None or is_minus_one(t)]
    moved = open_places and 0 not in open_places and batch_is_free(sizes) and not is_multiple(sizes, texts, open_places)
    if len(open_places) > 1 or moved:
        start, end = steps[0].params.get("start"), steps[0].params.get("end")
        if (
            steps[0].op.name == "flatten"
            and start == 1
            and all(e == s.params.get("end") for s, e in zip(steps, [end] * len(steps), strict=True))
        ):
            return layout.target.flatten(x)
        if len(order) == 2 and batch_is_free(sizes) and all(keeps_batch(s, order) for s in steps):
            return layout.target.flatten(x)
        whole = whole_shape(steps, order, given, form)
        try:
            texts = run_time_sizes(layout, steps, x, texts, whole is not None)
        except Unwritable:
            if whole is None:
                raise
            return layout.target.reshape(x, whole)
        open_places = [i for i, t in enumerate(texts) if t is None]
    final: list[ast.expr] = [t if t is not None else nodes.literal(-1) for t in texts]
    if (not open_places and batch_is_free(sizes)) or (len(final) == 1 and elements is None):
        final[0] = nodes.literal(-1)
    return layout.target.reshape(x, ast.Tuple(final, ast.Load()))


def is_multiple(sizes: list[list[Dim]], texts: list[ast.expr | None], open_places: list[int]) -> bool:
    """Is the first size several times the batch, as in `view(b * self.groups, -1)`, where what is left to be inferred
    is no number? It stays so: as sizes of the tensor it would be right for the present number of groups alone.
    """
    (place,) = open_places if len(open_places) == 1 else (0,)
    free = all(isinstance(row[0], Size) and isinstance(row[place], Size) for row in sizes)
    times = free and all(count != 1 for row in sizes if isinstance(row[0], Size) for _, count in row[0].terms)
    return place != 0 and times and texts[0] is not None and not nodes.is_constant(texts[0])


def flattens(
    layout: Layout, steps: list[Step], order: tuple[int, ...], elements: Sequence[ast.expr | None] | None
) -> bool:
    """Is everything behind the batch put into one axis, whatever its size? A number would be right for the program's
    present arguments only: with twice as many channels it would make twice as large a batch, without a word.
    """
    if layout.target.builds_early or not all(
        keeps_batch(s, order) and len(s.results[0].type.shape) == 2 for s in steps
    ):
        return False
    values = [first_tensor(s) for s in steps]
    if any(value is None or len(value.type.shape) < 3 for value in values):
        return False
    if elements is None:
        return all(said is not None and said.name == "flatten" for said in ((s.node or s).op for s in steps))
    return elements[1] is not None and is_minus_one(elements[1])


def kept_size(layout: Layout, steps: list[Step], x: ast.expr, axis: int) -> ast.expr | None:
    """The size of an axis that a reshape leaves as it is, or makes of several whole ones, asked of the tensor where the
    source names no size there: a number would be right for the program's present arguments only.
    """
    found: set[tuple[int, ...]] = set()
    for step in steps:
        value = first_tensor(step)
        assert value is not None
        before, after = value.type.shape, step.results[0].type.shape
        parts = next((left for left, right in groups(before, after) if list(right) == [axis]), ())
        if not parts or not isinstance(after[axis], int) or after[axis] == 1:
            return None
        order = layout.placed_of(step).orders_in.get(first_name(step), layout.order_of(value))
        parts = tuple(part for part in parts if before[part] != 1)  # at other visits it may belong to another axis
        found.add(tuple(sorted(order.index(part) for part in parts)))
    return product([layout.target.size(x, place) for place in found.pop()]) if len(found) == 1 else None


def left_over(
    layout: Layout, steps: list[Step], x: ast.expr, axis: int, elements: Sequence[ast.expr | None]
) -> ast.expr | None:
    """`ops.shape(x)[2] // self.heads` where the source leaves a size of `view(b, n, self.heads, -1)` to be inferred.

    The target infers the batch, and a number would be right for the present number of heads alone. None for a matrix,
    whose width is a number that the layers behind it are made for.
    """
    element = elements[axis]
    if element is None or not is_minus_one(element) or len(elements) < 3 or axis == 0:
        return None
    found: set[tuple[tuple[int, ...], tuple[int, ...]]] = set()
    for step in steps:
        value = first_tensor(step)
        assert value is not None
        before, after = value.type.shape, step.results[0].type.shape
        parted = next(((left, right) for left, right in groups(before, after) if axis in right), None)
        if parted is None or not parted[0] or any("N" in symbols(before[left]) for left in parted[0]):
            return None
        order = layout.placed_of(step).orders_in.get(first_name(step), layout.order_of(value))
        found.add((tuple(order.index(left) for left in parted[0]), tuple(r for r in parted[1] if r != axis)))
    places, others = found.pop()
    texts = [elements[other] for other in others]
    said = [text for text in texts if text is not None and not is_minus_one(text) and not nodes.has_gone(text)]
    if found or len(said) != len(texts):
        return None
    whole = product([layout.target.size(x, place) for place in sorted(places)])
    parts = [copy.deepcopy(text) for text in said if not is_one(text)]
    return ast.BinOp(whole, ast.FloorDiv(), product(parts)) if parts else whole


def whole_shape(steps: list[Step], order: tuple[int, ...], given: Given, form: Form | None) -> ast.expr | None:
    """The source's own shape, held in one value, where the result is stored in the source's order."""
    if form is None or order != tuple(range(len(order))) or any(s.op is not s.node.op for s in steps if s.node):
        return None
    for slot in form.args:
        if isinstance(slot.value, Coded) and slot.value.path.name == "shape" and slot.key in given:
            text = given[slot.key]
            if isinstance(text, ast.Tuple) and len(text.elts) == 1 and len(order) > 1:
                text = text.elts[0].value if isinstance(text.elts[0], ast.Starred) else text.elts[0]
            return text if not nodes.has_gone(text) else None
    return None


def keeps_batch(step: Step, order: tuple[int, ...]) -> bool:
    """Is the first size of the result the first size of what is reshaped?"""
    value = first_tensor(step)
    return value is not None and order[:1] == (0,) and value.type.shape[:1] == step.results[0].type.shape[:1] != ()


def run_time_sizes(
    layout: Layout, steps: list[Step], x: ast.expr, texts: list[ast.expr | None], strict: bool
) -> list[ast.expr | None]:
    """Sizes but the first in terms of the sizes of the reshaped tensor; strict: of nothing else."""
    from codegen.writing.plans import Unwritable

    found: set[str] = set()
    made: list[ast.expr | None] = []
    shapes = [s.results[0].type.shape for s in steps]
    fixed = {axis for axis in range(len(texts)) if len({shape[axis] for shape in shapes}) > 1}
    for step in (steps := apart(layout, steps)):  # of hundreds of visits, few differ
        value = first_tensor(step)
        assert value is not None
        placed = layout.placed_of(step)
        order = placed.orders_in.get(first_name(step), layout.order_of(value))
        known: list[tuple[Dim, ast.expr]] = [
            (layout.settled(value.type.shape[axis]), layout.target.size(x, place)) for place, axis in enumerate(order)
        ]
        stored = {axis: text for axis, (_, text) in zip(order, known, strict=True)}
        out = layout.order_of(step.results[0])
        made = [texts[0]]
        for place, axis in list(enumerate(out))[1:]:
            text = texts[place]
            if (text is None or is_minus_one(text)) and axis in fixed:
                text = joined_text(steps, axis, stored, dict(zip(out, texts, strict=True))) or text
            if text is None or is_minus_one(text):
                text = sharing.size_text(layout.settled(step.results[0].type.shape[axis]), known)
                if text is None:
                    size = layout.settled(step.results[0].type.shape[axis])
                    if strict and isinstance(size, Size):
                        raise Unwritable("a size of this reshape is none of the tensor's own")
                    every = [layout.settled(shape[axis]) for shape in shapes]
                    text = sharing.sized(*every) if isinstance(size, Size) else nodes.literal(size)
            made.append(text)
        found.add(", ".join(ast.unparse(t) if t is not None else "-1" for t in made))
    if len(found) != 1:
        ways = "; ".join(sorted(found))
        raise Unwritable(f"the sizes of this reshape are made in different ways at different visits ({ways})")
    return made


def apart(layout: Layout, steps: list[Step]) -> list[Step]:
    """Of the visits whose shapes and orders are the same, the first."""
    found: dict[object, Step] = {}
    for step in steps:
        value, result = first_tensor(step), step.results[0]
        assert value is not None
        order = layout.placed_of(step).orders_in.get(first_name(step), layout.order_of(value))
        found.setdefault((value.type.shape, order, result.type.shape, layout.order_of(result)), step)
    return list(found.values())


def batch_is_free(sizes: list[list[Dim]]) -> bool:
    """Is the first size the batch (possibly times something)?"""
    return all(row and "N" in symbols(row[0]) for row in sizes)


def is_minus_one(node: ast.expr) -> bool:
    """-1 as written."""
    return (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
        and node.operand.value == 1
    )


def size_text(column: list[Dim], element: ast.expr | None) -> ast.expr | None:
    """One size: the source's expression, the number if all visits agree, None where it is left to be inferred."""
    fixed = all(isinstance(d, int) for d in column)
    if element is not None and not is_minus_one(element) and not nodes.has_gone(element):
        return element
    if fixed and len(set(column)) == 1:
        return nodes.literal(column[0])
    if (
        not fixed
        and all("N" not in symbols(d) for d in column)
        and len({dim_hint(d) for d in column}) == 1
        and element is None
    ):
        return None
    return None


def source_elements(steps: list[Step], given: Given, form: Form | None) -> list[ast.expr] | None:
    """The size expressions of `view(a, b, c)`, one per logical axis, where they stand one by one."""
    if form is None:
        return None
    rank = len(steps[0].results[0].type.shape)
    for slot in form.args:
        named = (
            slot.value.path.name
            if isinstance(slot.value, Coded)
            else slot.value.name
            if isinstance(slot.value, Path)
            else ""
        )
        if named == "shape" and slot.key in given:
            text = given[slot.key]
            if (
                isinstance(text, (ast.Tuple, ast.List))
                and len(text.elts) == rank
                and not any(isinstance(e, ast.Starred) for e in text.elts)
            ):
                return list(text.elts)
    return None


def squeezed_places(layout: Layout, step: Step) -> tuple[int, ...]:
    """Places that vanish, where a reshape only drops axes of size 1."""
    value = first_tensor(step)
    assert value is not None
    before, after = value.type.shape, step.results[0].type.shape
    placed = layout.placed.get(id(step))
    order = (
        placed.orders_in.get(first_name(step), layout.order_of(value)) if placed is not None else layout.order_of(value)
    )
    gone: list[int] = []
    for left, right in groups(before, after):
        big = [a for a in left if before[a] != 1]
        kept = [b for b in right if after[b] != 1]
        if len(big) > 1 or len(kept) > 1 or (len(right) > 1 and len(left) < len(right)):
            return ()
        ones = [a for a in left if a not in big]
        spare = len(left) - len(right)
        if not big and ones:
            ones = ones[1:]
        if spare != len(ones):
            return ()
        gone.extend(order.index(a) for a in ones)
    return tuple(sorted(gone)) if gone and len(after) < len(before) else ()


def holds_tensors(index: object) -> bool:
    """Is one of the parts of an index a tensor with axes?"""
    parts = index if isinstance(index, (tuple, list)) else (index,)
    return any(isinstance(part, TensorCell) and len(part.shape) > 0 for part in parts)


def holds_list(index: object) -> bool:
    """Is one of the parts of an index a list?"""
    return isinstance(index, (tuple, list)) and any(isinstance(part, list) for part in index)


def index_expression(layout: Layout, steps: list[Step], x: ast.expr, given: Given, form: Form | None) -> ast.expr:
    """`x[index]` with its entries in storage order."""
    from codegen.indexing import stored_index, taken_axis, whole_index
    from codegen.writing.plans import Unwritable

    step = steps[0]
    value = first_tensor(step)
    assert value is not None
    placed = layout.placed_of(step)
    order = placed.orders_in.get(first_name(step), tuple(range(len(value.type.shape))))
    own = form is not None and step.node is not None and step.op is step.node.op
    slots = form.args if own and form is not None else ()
    key = next((s.key for s in slots if s.key in given and s.key != first_name(step)), None)
    said = narrowed(steps, given, form) if key is None else None
    if said is not None:
        text = said
    elif key is None:
        wanted = step.params.get("index")
        if holds_tensors(wanted):
            raise Unwritable("places of several axes along one axis are not written")
        if any(s.params.get("index") != wanted for s in steps):
            raise Unwritable("the visits of this site take different parts")
        text = nodes.literal(tuple(wanted) if isinstance(wanted, list) else wanted)
        if isinstance(text, ast.Tuple) and len(text.elts) == 1:
            text = text.elts[0]
    else:
        text = lists_as_slices(given[key])
    taken = {taken_axis(s.params.get("index"), len(value.type.shape)) for s in steps if s.node}
    one = next(iter(taken)) if len(taken) == 1 else None
    if one is not None and key is not None and order == tuple(range(len(value.type.shape))):
        axis, place = one
        part = text.elts[place] if isinstance(text, ast.Tuple) else text
        return layout.target.take(x, part, axis)
    if any(holds_tensors(s.params.get("index")) for s in steps):
        raise Unwritable("TensorFlow takes no tensors of several numbers as an index")
    if layout.target.framework == "keras" and any(holds_list(s.params.get("index")) for s in steps):
        raise Unwritable("TensorFlow takes no lists of places beside other places")
    rank = len(value.type.shape)
    result = placed.orders_out[0] if placed.orders_out else order
    if order == tuple(range(rank)) and result == tuple(range(len(result))):
        return ast.Subscript(x, nodes.call("tuple", [text]) if is_row(steps, text) else text, ast.Load())
    items = whole_index(step.params.get("index"), rank)
    elements = list(text.elts) if isinstance(text, ast.Tuple) else [text]
    spelled: list[ast.expr] = []
    missing = rank - sum(1 for e in elements if not (isinstance(e, ast.Constant) and e.value in (None, Ellipsis)))
    for element in elements:
        if isinstance(element, ast.Constant) and element.value is Ellipsis:
            spelled += [ast.Slice() for _ in range(missing)]
        else:
            spelled.append(element)
    spelled += [ast.Slice() for _ in range(len(items or ()) - len(spelled))]
    if items is None or len(spelled) != len(items):
        raise Unwritable("this index cannot be brought into storage order")
    moved = stored_index(items, spelled, order, result)
    while (
        len(moved) > 1
        and len(items) == rank  # `[:, None, None, :]` shows what it is for
        and isinstance(moved[-1], ast.Slice)
        and moved[-1].lower is None
        and moved[-1].upper is None
        and moved[-1].step is None
    ):
        moved.pop()
    index: ast.expr = ast.Tuple(moved, ast.Load()) if len(moved) > 1 else moved[0]
    return ast.Subscript(x, index, ast.Load())


def is_row(steps: list[Step], text: ast.expr) -> bool:
    """Does a name stand for the parts of an index in a list? PyTorch would take it for places along the first axis."""
    nodes_met = [step.node for step in steps if step.node is not None]
    given = [node.params_from.get("index") for node in nodes_met]
    rows = [value.hint.items for value in given if value is not None and isinstance(value.hint, ListObject)]
    parts = [part.hint for row in rows for part in row]
    return isinstance(text, (ast.Name, ast.Attribute)) and any(p is None or isinstance(p, slice) for p in parts)


def lists_as_slices(index: ast.expr) -> ast.expr:
    """`[-1]` as `-1:`, `[-2]` as `-2:-1` and `[2]` as `2:3`, which keep the axis: TensorFlow takes no lists."""
    if isinstance(index, ast.Tuple):
        return ast.Tuple([lists_as_slices(item) for item in index.elts], ast.Load())
    if not isinstance(index, ast.List) or len(index.elts) != 1:
        return index
    first = index.elts[0]
    if is_minus_one(first):
        return ast.Slice(first)
    if isinstance(first, ast.Constant) and isinstance(first.value, int):
        return ast.Slice(first, ast.Constant(first.value + 1))
    if isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.USub) and isinstance(first.operand, ast.Constant):
        return ast.Slice(first, nodes.literal(1 - first.operand.value))  # type: ignore[operator]
    return index
