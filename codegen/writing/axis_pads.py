"""Padding of axes in the source's words: `(0, 0, 0, W % 2)` of PyTorch is `((0, 0), (0, W % 2), (0, 0))` in Keras."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping

from codegen.layout import Layout
from codegen.lower import Step
from codegen.orders import Order
from codegen.writing import nodes
from codegen.writing.other_words import is_path, listed
from codegen.writing.sharing import shared
from pivot.codecs.axis_pads import KerasAxisPads, TorchAxisPads
from pivot.dims import Size
from pivot.op import Form
from pivot.references import codec_of
from pivot.slots import Coded, Slot

Pair = tuple[ast.expr, ast.expr]
PARAM = "padding"


def said_pads(
    layout: Layout,
    steps: list[Step],
    slot: Slot,
    given: Mapping[str, ast.expr],
    source_form: Form,
    hints: Callable[[str], list[object]],
) -> ast.expr | None:
    """The source's text of each number, where all visits store their axes alike; None where numbers alone are said."""
    if notation(slot) is None or any(step.origin.get(PARAM) != PARAM for step in steps):
        return None
    source = next((s for s in source_form.args if notation(s) is not None), None)
    text = given.get(source.key) if source is not None else None
    orders = {stored(layout, step) for step in steps}
    order = orders.pop() if len(orders) == 1 else None
    if source is None or text is None or order is None or nodes.has_gone(text):
        return None
    met = hints(source.key)
    if isinstance(text, ast.Call) and any(isinstance(n, Size) for h in met if isinstance(h, tuple) for n in h):
        text = shared(text, "pads")
    pairs = from_torch(listed(text, met), len(order))
    if notation(source) is KerasAxisPads:
        pairs = from_keras(text, len(order))
    if pairs is None or all(map(nodes.is_constant, (part for pair in pairs for part in pair))):
        return None
    in_storage = [pairs[axis] for axis in order]
    return to_keras(in_storage) if notation(slot) is KerasAxisPads else to_torch(in_storage)


def notation(slot: Slot) -> type | None:
    """The codec of an argument that pads axes."""
    kind = type(codec_of(slot.value)) if isinstance(slot.value, Coded) else None
    return kind if kind in (TorchAxisPads, KerasAxisPads) else None


def stored(layout: Layout, step: Step) -> Order | None:
    """The order in which what a step pads is stored."""
    placed = layout.placed.get(id(step))
    return next(iter(placed.orders_in.values()), None) if placed is not None else None


def from_torch(text: ast.expr, rank: int) -> list[Pair] | None:
    """Pairs for all axes of a list that begins with the last axis."""
    if not isinstance(text, (ast.Tuple, ast.List)) or any(isinstance(e, ast.Starred) for e in text.elts):
        return None
    parts = text.elts
    if len(parts) % 2 or len(parts) > 2 * rank:
        return None
    said = [(parts[i], parts[i + 1]) for i in range(0, len(parts), 2)]
    return [nothing() for _ in range(rank - len(said))] + said[::-1]


def from_keras(text: ast.expr, rank: int) -> list[Pair] | None:
    """Pairs for all axes: each is written down, or has a name."""
    whole: list[ast.expr] = []
    if is_path(text):
        whole = [at(text, axis) for axis in range(rank)]
    elif isinstance(text, (ast.Tuple, ast.List)):
        whole = text.elts
    pairs: list[Pair] = []
    for part in whole:
        if isinstance(part, (ast.Tuple, ast.List)) and len(part.elts) == 2:
            pairs.append((part.elts[0], part.elts[1]))
        elif is_path(part) or isinstance(part, ast.Subscript):
            pairs.append((at(part, 0), at(part, 1)))
        else:
            return None
    return pairs if len(pairs) == rank else None


def at(text: ast.expr, place: int) -> ast.expr:
    """`pads[0]`."""
    return ast.Subscript(copy.deepcopy(text), ast.Constant(place), ast.Load())


def nothing() -> Pair:
    """An axis that is not padded."""
    return ast.Constant(0), ast.Constant(0)


def to_keras(pairs: list[Pair]) -> ast.expr:
    """A pair for every axis."""
    return ast.Tuple([ast.Tuple(list(pair), ast.Load()) for pair in pairs], ast.Load())


def to_torch(pairs: list[Pair]) -> ast.expr:
    """The last axis first, as far as something is padded."""
    first = next(i for i, pair in enumerate(pairs) if not all(is_zero(part) for part in pair))
    return ast.Tuple([part for pair in reversed(pairs[first:]) for part in pair], ast.Load())


def is_zero(text: ast.expr) -> bool:
    """Is this the number 0?"""
    return isinstance(text, ast.Constant) and text.value == 0
