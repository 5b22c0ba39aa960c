"""Tensors as storage: versions, aliases and views."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import initialising, updating
from pivot.reading.bombs import check_elements
from pivot.reading.trace import Visit
from pivot.reading.values import (
    ParameterObject,
    TensorCell,
    TensorVersion,
    Value,
)
from pivot.types import TensorType

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def write_in_place(ev: Evaluator, cell: TensorCell, made: Value, node: ast.AST, frame: Frame) -> None:
    """A new version of a tensor, seen by every alias; a base written through a view is no longer readable."""
    if not isinstance(made.hint, TensorCell):
        return
    ev.effects += 1
    if cell.version.parameter is not None and not initialising.in_forward(frame):
        initialising.replaced(ev, cell, made.hint, node, frame)
        return
    at: TensorCell | None = cell
    while at is not None:
        if at.version.parameter is not None:
            ev.visit(Visit(node, frame, "dropped", None, name="start"))
            updating.update(ev, cell, node, frame)
            return
        at = at.base
    old, base = cell.version, cell.base
    cell.version = made.hint.version

    def undo() -> None:
        cell.version = old

    ev.undoable(undo)
    while base is not None:
        if base.stale is None:
            make_stale(ev, base, f"it was written through a view in line {getattr(node, 'lineno', 0)}")
        base = base.base


def make_stale(ev: Evaluator, cell: TensorCell, why: str) -> None:
    """From now on a cell may not be read."""
    cell.stale = why

    def clean() -> None:
        cell.stale = None

    ev.undoable(clean)


def new_version(
    ev: Evaluator, type_: TensorType, parameter: ParameterObject | None = None, name: str = "", constant: object = None
) -> TensorVersion:
    """A fresh tensor of the network."""
    check_elements(type_.shape)
    ev.versions += 1
    return TensorVersion(f"v{ev.versions}", type_, parameter, constant, name)


def read_tensor(ev: Evaluator, cell: TensorCell, node: ast.AST, frame: Frame) -> TensorVersion:
    """The current version of a cell; refused where it was written through a view, or a view's base was written."""
    why, at = cell.stale, cell
    while why is None and at.base is not None:
        if at.seen is not None and at.base.version is not at.seen:
            why = "it is a view of a tensor that was written since"
        at = at.base
    if why is not None:
        raise ev.refusal(
            frame, node, f"this tensor may have changed: {why}", "write into the tensor itself", "view-write"
        )
    return cell.version
