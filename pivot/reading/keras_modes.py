"""`training=...` in calls: a layer whose mode the program fixes does not follow that of the model."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pivot.reading import applying
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Visit
from pivot.reading.values import MODE, FunctionObject, TensorCell, Value

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


@contextmanager
def in_mode(ev: Evaluator, module: ModuleObject, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Iterator[None]:
    """Run a call in the mode that it fixes, if it fixes one. Raises Refusal."""
    mode = fixed(ev, kwargs)
    if mode is None or mode == ev.mode:
        yield
        return
    check(ev, module, mode, node, frame)
    before, ev.mode = ev.mode, mode
    try:
        yield
    finally:
        ev.mode = before


def check(ev: Evaluator, module: ModuleObject, mode: str, node: ast.AST, frame: Frame) -> None:
    """Say that a layer keeps a mode of its own; refuse what would be random in evaluation. Raises Refusal."""
    found = moved(module)
    if not found:
        return
    what = found[0].class_name
    if mode == "train":
        why = f"{what} with training=True is active in evaluation too"
        raise ev.refusal(frame, node, why, "leave `training` to the model", "fixed-mode")
    if is_own(module, found, frame):
        return  # its class can say so in any framework
    why = f"{what} with training=False stays in evaluation while the model is trained"
    ev.note(frame, node, why, "call .eval() on it where you train", "fixed-mode", "warning")


def moved(module: ModuleObject) -> list[ModuleObject]:
    """The layers of a module, itself among them, that do something else in training."""
    return [m for _, m in module.walk() if m.form is not None and depends_on_mode(m)]


def is_own(module: ModuleObject, found: list[ModuleObject], frame: Frame) -> bool:
    """Is it the library's part of a class that derives from a layer, and all of it that depends on the mode?"""
    receiver = frame.receiver.hint if frame.receiver is not None else None
    return module.made_by is not None and receiver is module and found == [module]


def asked_for(
    ev: Evaluator, function: FunctionObject, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> Kwargs | None:
    """`def call(self, x, is_training=False)`: what a model hands on as `training` and the outermost call leaves out is
    the mode.
    """
    if node is not ev.entry_site or isinstance(function.node, ast.Lambda):
        return None
    handed = {
        k.value.id
        for n in ast.walk(function.node)
        if isinstance(n, ast.Call)
        for k in n.keywords
        if k.arg == "training" and isinstance(k.value, ast.Name)
    }
    spec = function.node.args
    names = [a.arg for a in spec.args][1 + len(args) :]
    last = dict(zip([a.arg for a in spec.args][::-1], function.defaults[::-1], strict=False))
    last.update({a.arg: d for a, d in zip(spec.kwonlyargs, function.kw_defaults, strict=True) if d is not None})
    for name in (*names, *(a.arg for a in spec.kwonlyargs)):
        default = last.get(name)
        if name in handed - set(kwargs) and default is not None and default.hint in (None, False, True):
            why = f"{name} is taken to be the mode, since layers get it as `training`"
            ev.note(frame, function.node, why, "call .train() or .eval() instead of giving it", "mode")
            ev.mode_parameter = name
            return {**kwargs, name: Value(ev.mode_values[ev.mode], None, MODE)}
    return None


def standing(ev: Evaluator, names: list[str], args: Args, result: Value, visit: Visit, node: ast.AST) -> Value | None:
    """What a class gives that leaves its input as it is in this mode, as a node: a functional model has its call from
    its nodes alone. None: it is no such class, or no part of such a model.
    """
    entered = visit.entered
    cell = result.hint
    if "training" not in names or entered is None or not isinstance(cell, TensorCell):
        return None
    same = any(isinstance(a.hint, TensorCell) and a.hint.version is cell.version for a in args)
    models = [at.receiver.hint for at in entered.chain() if at.receiver is not None and at.function is None]
    if not same or not any(isinstance(m, ModuleObject) and m.graph is not None for m in models):
        return None
    form = ev.opset.find("keras", "call", "keras.ops.copy")[0]
    site = ev.trace.part(node, 7)
    stands = Visit(site, entered, "op", None, (result,), name=form.name, form=form)
    stands.result = applying.make_node(ev, form, {}, {"x": cell}, site, entered, visit=stands)
    ev.visit(stands)
    return stands.result


def depends_on_mode(module: ModuleObject) -> bool:
    """Does a layer compute something else in training?"""
    assert module.form is not None
    return module.form.op.family in FAMILIES or module.form.op.name in OPS
