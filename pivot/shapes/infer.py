"""Finds the rule an op names and applies it, with operands in whatever order the form has them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from pivot.dims import Size
from pivot.notation import arrange, split_letters
from pivot.op import Op
from pivot.shapes.base import OperandType, Rule, ShapeError, Site
from pivot.types import TensorType, is_tensor

_PREFIX = "rule_"


@cache
def all_rules() -> Mapping[str, Rule]:
    """Every function `rule_<name>` of this folder, by name: a new file is enough."""
    package = importlib.import_module(__package__)
    found: dict[str, Rule] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for name, rule in vars(module).items():
            if name.startswith(_PREFIX) and getattr(rule, "__module__", "") == module.__name__:
                found[name.removeprefix(_PREFIX)] = rule
    return found


def infer(
    op: Op,
    params: Mapping[str, object],
    operands: Mapping[str, object],
    order: Mapping[str, str | tuple[str, ...]] | None = None,
) -> tuple[TensorType, ...]:
    """Types of all outputs, a list output spread out. `order`: axis letters of operands and outputs that differ from
    the op's.

    Raises ShapeError with the reason. Symbolic sizes flow through.
    """
    rule = all_rules().get(op.shape)
    if rule is None:
        raise ShapeError(f"there is no shape rule '{op.shape}'")
    letters = {name: split_letters(text) if isinstance(text, str) else text for name, text in (order or {}).items()}
    mine = {name: _taken(op, name, value, letters.get(name)) for name, value in operands.items()}
    results = rule(Site(op, params, mine))
    if not letters:
        return tuple(results)
    names = tuple(op.outputs)
    return tuple(
        _arranged(result, op.letters(names[place]), letters.get(names[place])) if place < len(names) else result
        for place, result in enumerate(results)
    )


def _taken(op: Op, name: str, value: object, given: tuple[str, ...] | None) -> OperandType:
    if isinstance(value, TensorType):
        return _arranged(value, given, op.letters(name)) if given is not None else value
    if is_tensor(value):
        shape, dtype = getattr(value, "shape", ()), getattr(value, "dtype", "float32")
        return _taken(op, name, TensorType(tuple(shape), str(dtype)), given)
    if isinstance(value, (tuple, list)):
        entries = tuple(_taken(op, name, item, given) for item in value)
        return tuple(entry for entry in entries if isinstance(entry, TensorType))
    if value is None or isinstance(value, (bool, int, float, Size)):
        return value
    raise ShapeError(f"the operand '{name}' is neither a tensor nor a number")


def _arranged(value: TensorType, given: tuple[str, ...] | None, wanted: tuple[str, ...] | None) -> TensorType:
    if given is None or wanted is None or given == wanted:
        return value
    places = arrange(given, wanted, value.rank)
    if places is None:
        raise ShapeError(f"a tensor of {value.rank} axes where {' '.join(given)} are needed")
    return TensorType(tuple(1 if at is None else value.shape[at] for at in places), value.dtype)
