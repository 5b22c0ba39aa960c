"""Zeros around an image that keep its size, where windows of several sizes are made at one place: `kernel // 2`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from codegen.lower import Step
from codegen.writing import nodes
from codegen.writing.other_words import is_path
from pivot.op import Form
from pivot.slots import Slot

PADS, WINDOW, GAPS = "padding", "kernel", "dilation"


def half_kernel(
    steps: list[Step],
    slot: Slot,
    values: list[object],
    given: Mapping[str, ast.expr],
    source_form: Form | None,
    hints: Callable[[str], list[object]],
) -> ast.expr | None:
    """Half of the window in the source's words, where that is the padding at every visit: of odd windows without gaps
    whose size a name of the program says.
    """
    if slot.key != PADS or source_form is None:
        return None
    for step, value in zip(steps, values, strict=True):
        window, gaps = step.params.get(WINDOW), step.params.get(GAPS, 1)
        if not isinstance(window, tuple) or any(not isinstance(k, int) or k % 2 == 0 for k in window):
            return None
        if any(gap != 1 for gap in (gaps if isinstance(gaps, tuple) else (gaps,))):
            return None
        each = value if isinstance(value, tuple) else (value,) * len(window)
        if each != tuple(k // 2 for k in window):
            return None
    source = next((s for s in source_form.args if s.key in ("kernel_size", "kernel")), None)
    text = given.get(source.key) if source is not None else None
    if source is None or text is None or not is_path(text):
        return None
    said = hints(source.key)
    if all(type(hint) is int for hint in said):
        return half(text)
    lengths = {len(hint) for hint in said if isinstance(hint, tuple)}
    if len(lengths) != 1 or not all(isinstance(hint, tuple) for hint in said):
        return None
    parts = [half(ast.Subscript(text, ast.Constant(i), ast.Load())) for i in range(lengths.pop())]
    return ast.Tuple(parts, ast.Load())


def half(text: ast.expr) -> ast.expr:
    """`text // 2`."""
    return ast.BinOp(text, ast.FloorDiv(), nodes.literal(2))
