"""Sizes of the inputs that become numbers: because layers ask for them, or because only then does the program fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.problems import Problem, Refusal
from pivot.reading.inputs import InputSpec
from pivot.reading.running import trial_forward

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.modules import ModuleObject

Specs = tuple[InputSpec, ...]
TURNS = 16


def settle_sizes(ev: Evaluator, root: ModuleObject, specs: Specs) -> tuple[Specs, dict[str, int]]:
    """The inputs with the axes whose sizes are numbers, and the sizes that layers fix. Raises Refusal.

    `F.avg_pool2d(x, x.size(2))` fits squares only: where no size is general, the sizes at hand are kept, and said.
    """
    problems = len(ev.problems)
    try:
        return specs, fixed_by_layers(ev, root, specs)
    except Refusal as refusal:
        if refusal.problem.code != "shape":
            raise
        for narrower in narrowed(specs):
            del ev.problems[problems:]
            try:
                fixed = fixed_by_layers(ev, root, narrower)
            except Refusal:  # these sizes are not the ones
                continue
            why = f"the program fits only with {said(narrower)}: {refusal.problem.why}"
            first, remedy = refusal.problem, "give the sizes that it is used with by --input"
            ev.problems.append(Problem("fixed-size", "info", first.file, first.line, first.column, why, remedy))
            return narrower, fixed
        raise


def fixed_by_layers(ev: Evaluator, root: ModuleObject, specs: Specs) -> dict[str, int]:
    """The free sizes that layers fix; each turn can only fix more."""
    fixed: dict[str, int] = {}
    for _ in range(TURNS):
        before = dict(fixed)
        trial_forward(ev, root, specs, fixed, 0)
        if fixed == before:
            break
    return fixed


def narrowed(specs: Specs) -> Iterator[Specs]:
    """The inputs with one axis of the first one fixed, then with all axes but the batch of all of them."""
    for axis in range(1, len(specs[0].shape) if specs else 0):
        yield (replace(specs[0], fixed=frozenset({axis})), *specs[1:])
    yield tuple(replace(spec, fixed=frozenset(range(1, len(spec.shape)))) for spec in specs)


def said(specs: Specs) -> str:
    """The sizes that are fixed: `size 32 on axis 2`."""
    many = len(specs) > 1
    return ", ".join(
        f"size {spec.shape[axis]} on axis {axis}" + (f" of input {place + 1}" if many else "")
        for place, spec in enumerate(specs)
        for axis in sorted(spec.fixed)
    )
