"""The sizes of the batch that a verification compares: the one at hand, and a larger one wherever the source takes it.

What is right for one batch need not be for another: an axis of one sample is like any other axis of size 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.verify.comparison import GATE
from codegen.verify.draws import batch_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codegen.verify.judge import Judgement, Pass, Ran
    from codegen.verify.plan import VerificationPlan
    from codegen.verify.report import PassResult


@dataclass(frozen=True, slots=True)
class Batches:
    """Sizes of the batch that both sides ran with; `second` is None where `why` says that there is only one."""

    first: int | None
    second: int | None
    why: str | None = None

    def as_json(self) -> dict[str, object]:
        """The record of report.json."""
        return {"first": self.first, "second": self.second, "why": self.why}

    def line(self) -> str:
        """One line for people."""
        return f"batches of {self.first} and {self.second}" if self.why is None else f"second batch: {self.why}"


def second_of(passes: Sequence[Pass], source: Mapping[str, Ran]) -> Pass | None:
    """The pass with a larger batch that the source took, if there is one."""
    return next((p for p in passes if p.second and p.name in source and source[p.name].arrays is not None), None)


def compared_batches(plan: VerificationPlan, passes: Sequence[tuple[Pass, int | None]], second: Pass | None) -> Batches:
    """What is told of the batches; `passes` with their sizes, `second`: the larger one that the source took."""
    sizes = {one.name: batch for one, batch in passes}
    first = batch_size(plan)
    if first is None:
        return Batches(None, None, "no input has a batch of a free size")
    if second is None:
        return Batches(first, None, f"the source takes only {first}")
    return Batches(first, sizes[second.name])


def differing_batch(found: Judgement, second: Pass | None) -> PassResult | None:
    """The pass with the larger batch, where it differs and the one at hand does not."""
    by_name = {one.name: one for one in found.passes}
    larger = by_name.get(second.name) if second is not None else None
    at_hand = found.passes[0].error
    if larger is None or larger.error is None or at_hand is None or larger.error <= GATE or not at_hand <= GATE:
        return None
    return larger
