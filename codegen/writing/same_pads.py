"""Padding whose width depends on the size of what arrives: TensorFlow's "same" with a stride, as one small helper."""

from __future__ import annotations

import ast

from codegen.lower import Lowered, Step
from codegen.writing import nodes
from pivot.codecs.base import NoForm
from pivot.codecs.pooling import TfSamePads
from pivot.reading.values import TensorVersion

Window = tuple[int, int, int]
"""Kernel size, stride and dilation, the same along all axes."""


def window(members: list[Lowered], index: int) -> Window | None:
    """The window that the index-th step of a plan pads for, where its width depends on the size of the tensor.

    None where the widths are numbers, or are not what "same" asks for along every axis.
    """
    found = {one_window(low, index) for low in members}
    return found.pop() if len(found) == 1 else None


def one_window(low: Lowered, index: int) -> Window | None:
    """The window of one visit."""
    steps = low.chosen.steps if low.chosen is not None else ()
    if index + 1 >= len(steps) or steps[index].op.shape != "pad":
        return None
    pad, behind = steps[index], steps[index + 1]
    pairs = pad.params.get("padding")
    if not isinstance(pairs, tuple) or all(isinstance(width, int) for pair in pairs for width in pair):
        return None
    asked = [behind.params.get(name, (1,) * len(pairs)) for name in ("kernel", "stride", "dilation")]
    if not all(isinstance(values, tuple) and len(set(values)) == 1 for values in asked):
        return None
    kernel, stride, dilation = (values[0] for values in asked if isinstance(values, tuple))
    return (kernel, stride, dilation) if pairs == widths(pad, asked, len(pairs)) else None


def widths(pad: Step, asked: list[object], count: int) -> object:
    """What "same" asks for at the tensor that a step pads; None where a size is not known."""
    name, tensor = next(((k, v) for k, v in pad.operands.items() if isinstance(v, TensorVersion)), ("", None))
    plain = pad.op.letters(name)
    if tensor is None or plain is None:
        return None
    stored = pad.facts().order.get(name, plain)
    sizes = {str(i): tensor.type.shape[stored.index(letter)] for i, letter in enumerate(plain[-count:])}
    kernel, stride, dilation = asked
    try:
        return TfSamePads().read("same", {"kernel": kernel, "stride": stride, "dilation": dilation, **sizes})
    except NoForm:
        return None


def arguments(asked: Window) -> list[ast.expr]:
    """`3, 2`, and the dilation where there is one."""
    return [nodes.literal(number) for number in (asked if asked[2] != 1 else asked[:2])]


def value(pad: Step) -> list[ast.keyword]:
    """`value=...`, where it is not zeros that are put around."""
    filled = pad.params.get("value", 0.0)
    return [ast.keyword("value", nodes.literal(filled))] if filled != 0.0 else []
