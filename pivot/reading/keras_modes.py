"""`training=...` in calls: a layer whose mode the program fixes does not follow that of the model."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading.handlers import Kwargs
from pivot.reading.modules import ModuleObject
from pivot.reading.values import MODE

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

FAMILIES = {"regularization"}
OPS = {"batch_norm"}


def fixed(ev: Evaluator, kwargs: Kwargs) -> str | None:
    """The mode that a call fixes; None where it follows the model's."""
    said = kwargs.get("training")
    if said is None or said.depends & MODE or not isinstance(said.hint, (bool, int)):
        return None
    return "train" if said.hint else "eval"


def check(ev: Evaluator, module: ModuleObject, mode: str, node: ast.AST, frame: Frame) -> None:
    """Say that a layer keeps a mode of its own; refuse what would be random in evaluation. Raises Refusal."""
    moved = [m for _, m in module.walk() if m.form is not None and depends_on_mode(m)]
    if not moved:
        return
    what = moved[0].class_name
    if mode == "train":
        why = f"{what} with training=True is active in evaluation too"
        raise ev.refusal(frame, node, why, "leave `training` to the model", "fixed-mode")
    why = f"{what} with training=False stays in evaluation while the model is trained"
    ev.note(frame, node, why, "call .eval() on it where you train", "fixed-mode", "warning")


def depends_on_mode(module: ModuleObject) -> bool:
    """Does a layer compute something else in training?"""
    assert module.form is not None
    return module.form.op.family in FAMILIES or module.form.op.name in OPS
