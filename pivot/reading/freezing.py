"""`weight.requires_grad = False`: a weight that is not trained.

A parameter of the program's own is made with `trainable=False` in the target; a layer of the library is said, because
all of its weights would be frozen with it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pivot.reading.initialising import root
from pivot.reading.modules import ModuleObject
from pivot.reading.values import ParameterObject, TensorCell, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def freeze(ev: Evaluator, parameters: Iterable[ParameterObject], wanted: Value, node: ast.AST, frame: Frame) -> None:
    """Set whether parameters are trained, undoable. A value that is not known leaves them, and says so."""
    if not isinstance(wanted.hint, bool):
        ev.note(frame, node, "whether this is trained is not known", "set it in the target", "frozen", "warning")
        return
    for parameter in parameters:
        if parameter.trainable == wanted.hint or parameter.buffer:
            continue
        change(ev, parameter, wanted.hint)
        if parameter.owner is not None and parameter.owner.form is not None:
            why = f"weights of this {parameter.owner.class_name} are {'' if wanted.hint else 'not '}trained"
            ev.note(frame, node, why, "set layer.trainable in the target before training", "frozen", "warning")


def change(ev: Evaluator, parameter: ParameterObject, trainable: bool) -> None:
    """Set one, undoable."""
    old = parameter.trainable

    def undo() -> None:
        parameter.trainable = old

    ev.undoable(undo)
    parameter.trainable = trainable


def of_tensor(cell: TensorCell) -> list[ParameterObject]:
    """The parameter that a tensor is, if it is one."""
    parameter = root(cell).version.parameter
    return [parameter] if parameter is not None else []


def of_module(module: ModuleObject) -> list[ParameterObject]:
    """All parameters of a module and of those inside it."""
    found = {id(p): p for p in module.weights.values()}
    for value in module.parameters.values():
        if isinstance(value.hint, TensorCell):
            found |= {id(p): p for p in of_tensor(value.hint)}
    for child in module.children.values():
        if isinstance(child.hint, ModuleObject):
            found |= {id(p): p for p in of_module(child.hint)}
    return list(found.values())
