"""Parts of a decomposition: what its steps take and give, and which of their parameters the source says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pivot.forms import BoundStep
from pivot.reading.values import TensorVersion
from pivot.slots import Coded, Path
from pivot.steps import Computed

if TYPE_CHECKING:
    from codegen.lower import Step

EACH = "each"  # one of the numbers of a parameter: `repeats of each` of a factor per axis


def read_later(name: str, steps: Sequence[BoundStep]) -> bool:
    """Does a later step of a decomposition take a result?"""
    return any(name == ref or (isinstance(ref, tuple) and name in ref) for s in steps for ref in s.operands.values())


def needed(steps: list[Step], whole: Step) -> list[Step]:
    """The steps without those whose results nobody reads."""
    if not whole.results:
        return steps
    wanted = {r.id for n, r in zip(whole.op.outputs, whole.results, strict=False) if n not in whole.unused}
    wanted.update(r.id for r in whole.results[len(whole.op.outputs) :])
    kept: list[Step] = []
    for step in reversed(steps):
        if any(r.id in wanted for r in step.results):
            kept.append(step)
            wanted.update(
                item.id
                for operand in step.operands.values()
                for item in (operand if isinstance(operand, tuple) else (operand,))
                if isinstance(item, TensorVersion)
            )
    return kept[::-1] or steps


def resolve(ref: object, names: Mapping[str, object]) -> object:
    """A step's operand: a name of an input or a former result, a list of these, or a number."""
    if isinstance(ref, str):
        return names.get(ref)
    if isinstance(ref, tuple):
        return tuple(names.get(r) if isinstance(r, str) else r for r in ref)
    return ref


def origins(params: tuple[tuple[str, object], ...], inherits: bool, outer: Mapping[str, str]) -> dict[str, str]:
    """Which parameters of a step repeat a parameter of the node unchanged, or `(axes,)` as the only one of several."""
    said = dict(params)
    found = {k: v for k, v in outer.items() if k not in said} if inherits else {}
    for name, value in said.items():
        if isinstance(value, Path) and value.index is None and value.part is None and value.name in outer:
            found[name] = outer[value.name]
        if isinstance(value, Coded) and value.codec == "whole" and value.path.name in outer:
            found[f"{name} of {EACH}"] = outer[value.path.name]
        one = value.text[1:-2] if isinstance(value, Computed) and value.text.endswith(",)") else ""
        if one in outer:
            found[f"({name},)"] = outer[one]
    return found


def shapes_of(params: tuple[tuple[str, object], ...], whole: Step) -> dict[str, str]:
    """Which parameters of a step are the shape of an operand of the node: `#shape` -> its name.

    And which are the sizes of so many chunks of one: `/sections` -> the name of their number; which are operands that
    are numbers: `high` -> `@b`; which are computed, and how: `=shape` -> `(-1, x.C // factor)`.
    """
    node = whole.node
    if node is None or whole.op is not node.op:
        return {}
    numbers = {
        name: f"@{value.name}"
        for name, value in params
        if isinstance(value, Path) and isinstance(whole.operands.get(value.name), (int, float))
    }
    coded = [(name, value) for name, value in params if isinstance(value, Coded) and value.path.name in whole.operands]
    counts = {
        f"/{name}": v.refs[0].name for name, v in coded if v.codec == "chunk_sizes" and isinstance(v.refs[0], Path)
    }
    texts = {f"={name}": value.text for name, value in params if isinstance(value, Computed)}
    shapes = {f"#{name}": value.path.name for name, value in coded if value.codec == "shape_of"}
    return {**numbers, **counts, **texts, **shapes}
