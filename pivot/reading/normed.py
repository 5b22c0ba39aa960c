"""`weight_norm(nn.Conv1d(...))`: layers whose weight is made of others are read by restatements with these weights.

The function meets a layer that was made already. The program is then read again, with the restatement in place of the
layer wherever that call makes one: `torch.nn.utils.weight_norm.WeightNormConv1d`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import imports, lookup, restating
from pivot.reading.checkpoint_names import MADE_BY
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.modules import ModuleObject
from pivot.reading.signals import Restate
from pivot.reading.torch_names import UNWRAPPED
from pivot.reading.trace import Visit
from pivot.reading.values import Api, ClassObject, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

FUNCTIONS = {
    "torch.nn.utils.weight_norm": "torch.nn.utils.weight_norm.WeightNorm",
    "torch.nn.utils.parametrizations.weight_norm": "torch.nn.utils.weight_norm.WeightNorm",
    "torch.nn.utils.weight_norm.weight_norm": "torch.nn.utils.weight_norm.WeightNorm",
    "torch.nn.utils.spectral_norm.spectral_norm": "torch.nn.utils.spectral_norm.SpectralNorm",
    "torch.nn.utils.spectral_norm": "torch.nn.utils.spectral_norm.SpectralNorm",
    "torch.nn.utils.parametrizations.spectral_norm": "torch.nn.utils.spectral_norm.SpectralNorm",
}
"""What normalises a weight, and how the names of the restated layers begin."""

BY_POSITION = "torch.nn.utils.weight_norm.PositionWeightNorm"
"""With `dim=2`, a length for every position of the kernel: that of a `Conv1d` is restated."""

REMOVERS = {"torch.nn.utils.remove_weight_norm", "torch.nn.utils.remove_spectral_norm"}
GIVE_BACK = {*FUNCTIONS, *REMOVERS, *UNWRAPPED, "torch.Size", "torch.from_numpy"}
"""Functions whose calls stand for the layer, or the sizes, that they are given."""

PARAMETERS = ("module", "name")
DEFAULTS: dict[str, tuple[object, ...]] = {"name": ("weight",), "n_power_iterations": (1,), "eps": (1e-12,)}


def wrapped(
    ev: Evaluator, callee: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> Value | None:
    """The layer with its weight normalised; None where that is not read. Raises Restate, Refusal."""
    prefix = FUNCTIONS.get(name)
    given = {**dict(zip(PARAMETERS, args, strict=False)), **kwargs}
    module = given.get("module", Value(None)).hint
    if prefix is None or not isinstance(module, ModuleObject):
        return None
    by_position = prefix.endswith("WeightNorm") and module.class_name.endswith("Conv1d")
    if by_position and given.get("dim", Value(0)).hint == 2:
        prefix = BY_POSITION
    standing = f"{prefix}{module.class_name}"
    if isinstance(module.cls, ClassObject) and restating.is_restatement(module.cls.file):
        if not module.class_name.startswith(prefix.rpartition(".")[2]):
            return None
        check(ev, module, name, args, given, node, frame)
        ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=name))
        module.attrs["normed"] = Value(True)
        module.attrs["rows_first"] = Value(".parametrizations." in name)
        module.attrs[MADE_BY] = Value(name)
        return given["module"]
    if not isinstance(module.cls, Api) or standing not in restating.known() or module.frame is None or ev.trials:
        return None
    raise Restate(f"{standing}{place_of(module.site, module.frame)}")


def check(
    ev: Evaluator, module: ModuleObject, name: str, args: Args, given: Kwargs, node: ast.AST, frame: Frame
) -> None:
    """Only the usual settings are read. Raises Refusal for others, and for a second time."""
    first = int("SpectralNorm" in module.class_name and "Transpose" in module.class_name)
    dims = (first, None) if "Spectral" in module.class_name else (2,) if "Position" in module.class_name else (0,)
    allowed = {**DEFAULTS, "dim": dims}
    short = name.rpartition(".")[2]
    for key, value in given.items():
        if key != "module" and value.hint not in allowed.get(key, ()):
            why = f"{short} with {key}={value.hint!r} is not read"
            raise ev.refusal(frame, node, why, "compute the weight in the forward pass", "changed-layer")
    if len(args) > len(PARAMETERS):
        why = f"{short} with more than the layer and the name of its weight is not read"
        raise ev.refusal(frame, node, why, "give the other arguments by name", "changed-layer")
    if "normed" in module.attrs and module.attrs["normed"].hint is True:
        raise ev.refusal(frame, node, f"{short} of a layer that has it already", "call it once", "changed-layer")


def place_of(node: ast.AST | None, frame: Frame) -> str:
    """Where a call stands, behind the name of what stands for what it makes."""
    return f"@{frame.file}:{getattr(node, 'lineno', 0)}:{getattr(node, 'col_offset', 0)}"


def stand_in(ev: Evaluator, name: str, node: ast.AST, frame: Frame) -> Value | None:
    """The restated class that a call makes instead of a library layer; None where it makes the layer itself."""
    last = name.rpartition(".")[2]
    for marker in ev.restated:
        standing, _, place = marker.partition("@")
        if place and standing.endswith(f"Norm{last}") and place_of(node, frame) == f"@{place}":
            return lookup.in_module(ev, imports.open_file(ev, restating.path_of(standing)), standing.rpartition(".")[2])
    return None


def is_normed(callee: Value | None) -> bool:
    """Is this a class that stands in for a library layer with a normalised weight?"""
    hint = callee.hint if callee is not None else None
    if not isinstance(hint, ClassObject) or not restating.is_restatement(hint.file):
        return False
    return any(hint.name.startswith(prefix.rpartition(".")[2]) for prefix in (BY_POSITION, *FUNCTIONS.values()))
