"""Sizes of the inputs that become numbers: because layers ask for them, or because only then does the program fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.problems import Problem, Refusal
from pivot.reading.inputs import InputSpec
from pivot.reading.running import fix, forward, trial_forward
from pivot.reading.signals import Raised
from pivot.shapes import FreeSize

if TYPE_CHECKING:
    from pivot.network import Run
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.modules import ModuleObject

Specs = tuple[InputSpec, ...]
TURNS = 16
MOST = 64
"""Programs that are remembered."""


class Unsettled(Exception):
    """More sizes are fixed than one pass had told."""


class Expected:
    """The sizes that were fixed when programs were read last: most edits leave them so.

    A process that reads the same program again and again ends its trial pass where these are found. Nothing is
    believed: layers must fix them this time too, and the pass that counts raises Unsettled where it shows more.
    """

    def __init__(self) -> None:
        self.remembering = False
        self._fixed: dict[object, dict[str, int]] = {}

    def remember(self) -> None:
        """From now on, keep what is noted."""
        self.remembering = True

    def of(self, program: object) -> Mapping[str, int] | None:
        """The sizes of last time, if there was one."""
        return self._fixed.get(program)

    def note(self, program: object, fixed: Mapping[str, int]) -> None:
        """The sizes of this time."""
        if self.remembering:
            if len(self._fixed) >= MOST:
                self._fixed.clear()
            self._fixed[program] = dict(fixed)


EXPECTED = Expected()


def settle_sizes(
    ev: Evaluator,
    root: ModuleObject,
    specs: Specs,
    careful: bool = True,
    expected: Mapping[str, int] | None = None,
) -> tuple[Specs, dict[str, int], bool]:
    """The inputs with the axes whose sizes are numbers, the sizes that layers fix, and whether a pass with these found
    no more. Raises Refusal.

    `F.avg_pool2d(x, x.size(2))` fits squares only: where no size is general, the sizes at hand are kept, and said.
    Not `careful`: a pass that came to its end is not made again for the sizes that it told, which are all in most
    networks. The pass that counts shows whether they were: `settled_forward` raises Unsettled. So it is with a pass
    that ends where all sizes are found that are `expected`.
    """
    problems = len(ev.problems)
    try:
        return specs, *fixed_by_layers(ev, root, specs, careful, None if careful else expected)
    except Refusal as refusal:
        if refusal.problem.code != "shape":
            raise
        further: Refusal | None = None
        for narrower in narrowed(specs):
            del ev.problems[problems:]
            try:
                fixed, _ = fixed_by_layers(ev, root, narrower)
            except Refusal as other:  # these sizes are not the ones, or not all that is in the way
                further = other if other.problem.code != "shape" else further
                continue
            why = f"the program fits only with {said(narrower)}: {refusal.problem.why}"
            first, remedy = refusal.problem, "give the sizes that it is used with by --input"
            ev.problems.append(Problem("fixed-size", "info", first.file, first.line, first.column, why, remedy))
            return narrower, fixed, True
        if further is not None:
            raise further from None
        raise


def fixed_by_layers(
    ev: Evaluator,
    root: ModuleObject,
    specs: Specs,
    careful: bool = True,
    expected: Mapping[str, int] | None = None,
) -> tuple[dict[str, int], bool]:
    """The free sizes that layers fix, each turn can only fix more; and whether the last turn found no more."""
    fixed: dict[str, int] = {}
    before: dict[str, int] = {}
    if expected == fixed:
        return fixed, False
    for _ in range(TURNS):
        before = dict(fixed)
        ended = trial_forward(ev, root, specs, fixed, 0, expected)
        if fixed == before or (ended and not careful):
            break
    return fixed, fixed == before or careful


def settled_forward(
    ev: Evaluator, root: ModuleObject, specs: Specs, fixed: dict[str, int], shift: int, settled: bool
) -> Run:
    """The forward pass of inference. Raises Unsettled where the sizes were not `settled` and are not all."""
    guards = len(ev.guards)
    ev.unsettled = not settled
    try:
        run = forward(ev, root, specs, fixed, "eval", shift)
    except (Refusal, Raised, FreeSize):
        if settled:
            raise
        raise Unsettled from None
    finally:
        ev.unsettled = False
    found = dict(fixed)
    for size, number, _ in ev.guards[guards:]:
        fix(size, number, found)
    if not settled and found != fixed:
        raise Unsettled
    return run


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
