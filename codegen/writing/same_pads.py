"""Padding whose width depends on the size of what arrives: TensorFlow's "same" with a stride, as one small helper."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from codegen.lower import Lowered, Step
from codegen.writing import nodes
from codegen.writing.size_origins import argument
from codegen.writing.slots import slot_param
from pivot.codecs.base import NoForm
from pivot.codecs.pooling import TfSamePads
from pivot.reading.values import TensorVersion, Value

if TYPE_CHECKING:
    from codegen.writing.plans import Material

PARAMS = ("kernel", "stride", "dilation")
CONVOLUTIONS = ("conv1d", "conv2d", "conv3d")
"""Layers that keep their window under PyTorch's names, one number per axis."""
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
    asked = [behind.params.get(name, (1,) * len(pairs)) for name in PARAMS]
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


def in_words(members: list[Lowered], index: int, material: Material) -> list[ast.expr] | None:
    """The window of each visit in the words of the call that makes the layer: names where it has them."""
    windows = [one_window(low, index) for low in members]
    if None in windows or material.form is None:
        return None
    texts: list[ast.expr] = []
    for place, param in enumerate(PARAMS):
        numbers = [asked[place] for asked in windows if asked is not None]
        slot = next((s for s in material.form.args if slot_param(s) == param), None)
        made = [low.node.module.maker if low.node.module is not None else None for low in members]
        given = [visit.given(slot.key) if slot is not None and visit is not None else None for visit in made]
        hints = [value.hint if value is not None else None for value in given]
        text = material.given.get(slot.key) if slot is not None else None
        if isinstance(text, (ast.Tuple, ast.List)) and len({ast.dump(e) for e in text.elts}) == 1:
            text = copy.deepcopy(text.elts[0])
            hints = [hint[0].hint if isinstance(hint, tuple) and isinstance(hint[0], Value) else None for hint in hints]
        if text is not None and hints == numbers and isinstance(text, (ast.Name, ast.Attribute)):
            texts.append(text)
        elif len(set(numbers)) == 1:
            texts.append(nodes.literal(numbers[0]))
        else:
            return None
    return texts if windows[0] is None or windows[0][2] != 1 or not is_one(texts[2]) else texts[:2]


def follows_names(members: list[Lowered]) -> bool:
    """Does the call that makes a layer say its window by names, so that other arguments give another one?"""
    for low in members:
        visit = low.node.module.maker if low.node.module is not None else None
        form, bound = low.node.form, visit.bound if visit is not None else None
        if visit is None or form is None or bound is None or not isinstance(visit.node, ast.Call):
            continue
        slots = [slot for slot in form.args if slot_param(slot) in PARAMS]
        texts = [argument(visit.node, bound.given.get(slot.key)) for slot in slots]
        if any(isinstance(n, ast.Name) for text in texts if text is not None for n in ast.walk(text)):
            return True
    return False


def is_one(text: ast.expr) -> bool:
    """Is this the number 1?"""
    return isinstance(text, ast.Constant) and text.value == 1


def of_layer(members: list[Lowered], layer: ast.expr) -> list[ast.expr] | None:
    """`self.conv.kernel_size[0], self.conv.stride[0]`: what a convolution that takes what is padded was made with."""
    windows = [one_window(low, 0) for low in members]
    behind = [low.chosen.steps[1].op.name for low in members if low.chosen is not None and len(low.chosen.steps) == 2]
    if None in windows or len(behind) != len(members) or not all(name in CONVOLUTIONS for name in behind):
        return None
    plain = all(asked is not None and asked[2] == 1 for asked in windows)
    names = ("kernel_size", "stride") if plain else ("kernel_size", "stride", "dilation")
    return [
        ast.Subscript(ast.Attribute(copy.deepcopy(layer), name, ast.Load()), ast.Constant(0), ast.Load())
        for name in names
    ]


def value(pad: Step) -> list[ast.keyword]:
    """`value=...`, where it is not zeros that are put around."""
    filled = pad.params.get("value", 0.0)
    return [ast.keyword("value", nodes.literal(filled))] if filled != 0.0 else []
