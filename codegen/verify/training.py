"""Training mode: outputs of one step, auxiliary ones included, and the running statistics behind it.

Random numbers cannot agree, so both workers put a factor of 1 + rate in the place of dropout and constants in the place
of drawn numbers: what is left out, at another rate or at another place, still shows. PyTorch's running variance takes
the unbiased variance of a batch and Keras' the biased one; the source's worker counts as Keras does and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.verify.comparison import GATE, compare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codegen.verify.judge import Ran
    from codegen.verify.plan import VerificationPlan
    from codegen.verify.report import OutputResult
    from codegen.weights.arrays import Array

PASS = "float64/train/0"


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """`error`: the largest of outputs and statistics, None where the source itself refuses (`why` says so).

    `statistics`: how many running statistics were compared. `differences`: what differs by definition.
    """

    error: float | None
    outputs: tuple[OutputResult, ...] = ()
    statistics: int = 0
    statistics_error: float = 0.0
    differences: tuple[str, ...] = ()
    why: str | None = None

    @property
    def equal(self) -> bool:
        """Does nothing speak against it?"""
        return self.error is None or self.error <= GATE

    def as_json(self) -> dict[str, object]:
        """The record of report.json."""
        from codegen.verify.report import json_number

        return {
            "equal": self.equal,
            "error": None if self.error is None else json_number(self.error),
            "outputs": [output.as_json() for output in self.outputs],
            "statistics": self.statistics,
            "statistics_error": json_number(self.statistics_error),
            "differences": list(self.differences),
            "why": self.why,
        }


def judge_training(
    plan: VerificationPlan,
    source: Ran,
    targets: Sequence[Ran],
    outputs: Sequence[OutputResult],
    state: Mapping[str, Array],
    unbiased: float | None,
) -> TrainingResult:
    """`outputs`: the comparison of this pass; `unbiased`: the largest n/(n-1) by which PyTorch's variances differ."""
    if source.arrays is None:
        return TrainingResult(None, why=f"the source refuses to train on these inputs: {source.why}")
    differences: tuple[str, ...] = ()
    if unbiased is not None:
        text = "running variances take the unbiased variance of a batch in PyTorch and the biased one in Keras"
        differences = (f"{text}: up to {unbiased:.6g} times as much in one step",)
    worst = max(outputs, key=lambda one: one.error, default=None)
    why = f"{worst.name}: {worst.why or 'differs'}" if worst is not None and not worst.error <= GATE else None
    best: tuple[float, str, int] | None = None
    for target in targets:
        if target.arrays is not None:
            found = compare_statistics(plan, source.arrays, target.arrays, state)
            best = found if best is None or found[0] < best[0] else best
    error, name, count = best or (0.0, "", 0)
    if error > GATE and why is None:
        why = f"the running statistics of {name} differ: relative error {error:.1e}"
    total = max(error, worst.error if worst is not None else 0.0)
    return TrainingResult(total, tuple(outputs), count, error, differences, why)


def compare_statistics(
    plan: VerificationPlan, source: Mapping[str, Array], target: Mapping[str, Array], state: Mapping[str, Array]
) -> tuple[float, str, int]:
    """(largest error, where, how many): variables that are not trained, after the step, carried over like weights."""
    after = {key[2:]: array for key, array in source.items() if key.startswith("s:")}
    theirs = {key[2:]: array for key, array in target.items() if key.startswith("s:")}
    carried = plan.carrier({**state, **{name: a for name, a in after.items() if name in state}})
    worst, where, count = 0.0, "", 0
    for path, array in carried.items():
        if path in theirs:
            count += 1
            found = compare(array, theirs[path].astype(array.dtype))
            if found.error > worst:
                worst, where = found.error, path
    return worst, where, count
