"""What a library layer says about itself: the arguments that it was made with, as attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivot.reading.trace import Visit
from pivot.reading.values import Origin, Value
from pivot.slots import MISSING

if TYPE_CHECKING:
    import ast

    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame
    from pivot.reading.modules import ModuleObject

WINDOWS = {"kernel_size", "stride", "strides", "padding", "dilation", "dilation_rate", "output_padding"}


def argument(ev: Evaluator, owner: Value, module: ModuleObject, attr: str, node: ast.AST, frame: Frame) -> Value | None:
    """`conv.out_channels`, `dropout.p`: what the layer was made with, or None where that is no argument of it."""
    if module.form is None or module.bound is None or module.visit is None:
        return None
    slot = next((s for s in module.form.args if s.name == attr), None)
    if slot is None:
        return None
    where = module.bound.given.get(attr)
    made_by = module.maker or module.visit
    if isinstance(where, int) and where < len(made_by.args):
        found = made_by.args[where]
    elif isinstance(where, str) and where in made_by.kwargs:
        found = made_by.kwargs[where]
    elif where is not None:
        return ev.unknown(frame, node, f"the argument {attr!r} of {module.class_name}")
    elif slot.default is not MISSING:
        whole = slot.default
        found = Value(tuple(map(Value, whole)) if isinstance(whole, tuple) else whole)
    else:
        return None
    if attr in WINDOWS and module.form.op.shape.startswith("window") and isinstance(found.hint, int):
        rank = len(module.form.op.letters(next(iter(module.form.op.inputs))) or ()) - 2
        if "Conv" in module.class_name and rank > 0:  # convolutions keep one number per axis
            found = Value((found,) * rank, Origin("apply", node, frame.file, "repeat", (found,), frame))
    ev.visit(Visit(node, frame, "made-with", None, (owner,), name=attr, module=module, result=found))
    return found
