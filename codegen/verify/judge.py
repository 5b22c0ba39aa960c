"""What the arrays of both sides say: errors of outputs and nodes, the least over the backends that ran."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codegen.verify.comparison import GATE, Comparison, compare, least
from codegen.verify.constants import known_constant
from codegen.verify.draws import batch_size, has_free_sizes, other_batches
from codegen.verify.plan import permutation
from codegen.verify.report import NodeResult, Numbers, OutputResult, PassResult
from codegen.verify.training import PASS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codegen.verify.plan import VerificationPlan
    from codegen.weights.arrays import Array

    Arrays = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Pass:
    """One forward pass: `dtype` and `mode` of the run, number of its draw; what else is kept of it.

    `second`: its batch is larger than the one at hand; `instead`: it is run only where the source refuses these passes.
    """

    name: str
    dtype: str
    mode: str
    draw: int
    record: bool = False
    gradients: bool = False
    second: bool = False
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ran:
    """What one side gave for a pass: its arrays, or why there are none."""

    arrays: Mapping[str, Array] | None
    why: str | None = None


def passes_of(plan: VerificationPlan) -> list[Pass]:
    """float64 over all draws, sizes and modes, the gradients once, float32 once as it is deployed."""
    passes = [Pass(f"float64/eval/{n}", "float64", "eval", n, record=n == 0) for n in range(plan.draws)]
    if batch_size(plan) is not None and plan.draws > 1:
        passes[1] = replace(passes[1], second=True)
    behind = plan.draws + has_free_sizes(plan) + ("train" in plan.modes)
    for number, _ in enumerate(other_batches(plan)):
        tried = tuple(one.name for one in passes if one.second)
        name = f"float64/batch/{number}"
        passes.append(Pass(name, "float64", "eval", behind + number, second=True, instead=tried))
    if has_free_sizes(plan):
        passes.append(Pass("float64/sizes", "float64", "eval", plan.draws))
    if plan.gradients:
        passes.append(Pass("float64/gradients", "float64", "eval", 0, gradients=True))
    if "train" in plan.modes:
        passes.append(Pass(PASS, "float64", "train", plan.draws + has_free_sizes(plan)))
    return [*passes, Pass("float32/eval/0", "float32", "eval", 0)]


def compare_pass(plan: VerificationPlan, source: Ran, targets: Sequence[Ran], mode: str = "eval") -> list[OutputResult]:
    """Every output of one pass. A target that did not run or has another number of outputs is infinitely wrong."""
    assert source.arrays is not None
    names = sorted((key for key in source.arrays if key[0] == "o"), key=lambda key: int(key[1:]))
    results = []
    specs = plan.train_outputs if mode == "train" and plan.train_outputs is not None else plan.outputs
    for place, key in enumerate(names):
        spec = specs[place] if place < len(specs) else None
        order = permutation(spec.target_axes, spec.source_axes) if spec else None
        reference = source.arrays[key]
        found = [_compare_output(reference, target, key, len(names), order) for target in targets]
        best = least(found)
        results.append(OutputResult(spec.name if spec else key, best.error, tuple(reference.shape), best.why))
    return results


def _compare_output(reference: Array, target: Ran, key: str, count: int, order: Sequence[int] | None) -> Comparison:
    if target.arrays is None:
        return Comparison(math.inf, 0.0, target.why)
    theirs = sum(name[0] == "o" for name in target.arrays)
    if theirs != count:
        return Comparison(math.inf, 0.0, f"{count} outputs became {theirs}")
    return compare(reference, target.arrays[key], order)


def compare_nodes(plan: VerificationPlan, source: Ran, targets: Sequence[Ran]) -> list[NodeResult]:
    """Every matched node that both sides recorded, in topological order."""
    results = []
    for node in plan.nodes:
        left, right = f"={node.source_key.key}", f"={node.target_key.key}"
        if source.arrays is None or left not in source.arrays:
            continue
        reference = source.arrays[left]
        found = [compare(reference, t.arrays[right], node.order) for t in targets if t.arrays and right in t.arrays]
        if found:
            best = least(found)
            results.append(
                NodeResult(node.id, node.op, node.path, node.source, node.target, best.error, best.largest, best.why)
            )
    return results


@dataclass(frozen=True, slots=True)
class Judgement:
    """The comparison of all passes. `float64.outputs` hold the worst over the passes."""

    float64: Numbers
    float32: Numbers
    passes: tuple[PassResult, ...]
    training: tuple[OutputResult, ...] = ()

    @property
    def first_difference(self) -> NodeResult | OutputResult | None:
        """The first node beyond the gate, else the first output."""
        nodes = (node for node in self.float64.nodes if not node.error <= GATE)
        outputs = (output for output in self.float64.outputs if not output.error <= GATE)
        return next(nodes, None) or next(outputs, None)


def judge(
    plan: VerificationPlan,
    passes: Sequence[tuple[Pass, int | None]],
    source: Mapping[str, Ran],
    targets: Sequence[Mapping[str, Ran]],
) -> Judgement:
    """`passes` with their batch sizes; `source` and each of `targets` (one per backend) by the name of the pass."""
    outputs: dict[str, list[OutputResult]] = {"float64": [], "float32": []}
    nodes: list[NodeResult] = []
    told: list[PassResult] = []
    training: list[OutputResult] = []
    for one, batch in passes:
        reference = source.get(one.name)
        if reference is None:
            continue  # it was not needed
        if reference.arrays is None:
            told.append(PassResult(one.name, batch, None, f"the source refuses these inputs: {reference.why}"))
            continue
        theirs = [target[one.name] for target in targets if one.name in target]
        found = compare_pass(plan, reference, theirs, one.mode)
        worst = max(found, key=lambda result: result.error, default=None)
        told.append(PassResult(one.name, batch, worst.error if worst else 0.0, worst.why if worst else "no outputs"))
        if one.mode == "train":
            training = found
        elif not one.gradients:
            outputs[one.dtype] = _worst_of(outputs[one.dtype], found)
        if one.record:
            nodes = compare_nodes(plan, reference, theirs)
    float64 = Numbers(tuple(outputs["float64"]), tuple(nodes))
    return Judgement(float64, Numbers(tuple(outputs["float32"])), tuple(told), tuple(training))


def _worst_of(kept: list[OutputResult], found: list[OutputResult]) -> list[OutputResult]:
    """Output by output the larger error; the shapes of the first pass."""
    if not kept:
        return found
    pairs = zip(kept, found, strict=False)
    return [a if a.error >= b.error else OutputResult(a.name, b.error, a.shape, b.why) for a, b in pairs]


def responsible_constants(plan: VerificationPlan, alone: Judgement, both: Judgement) -> tuple[str, ...]:
    """Why one backend differs and two do not: the known ops where the difference begins; empty: nothing explains it."""
    if not both.float64.worst <= GATE < alone.float64.worst:
        return ()
    first = alone.first_difference
    known: list[str] = []
    keras = plan.source.framework == "keras"
    if isinstance(first, NodeResult):
        constant = known_constant(first.op, keras)
        if constant is None or first.error > constant.limit:
            return ()
    for node in plan.nodes:
        begins = isinstance(first, NodeResult) and first.id == node.id
        constant = known_constant(node.op, keras and begins)
        where = f" ({node.source.file.rpartition('/')[2]}:{node.source.line})" if node.source else ""
        if constant is not None:
            known.append(f"{node.op}{where}: {constant.why}")
    return tuple(dict.fromkeys(known))
