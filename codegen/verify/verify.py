"""The third step of the proof: both programs run on the same weights and inputs, and every number is compared."""

from __future__ import annotations

import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

from codegen.verify.batches import compared_batches, differing_batch, second_of
from codegen.verify.comparison import GATE
from codegen.verify.constants import LARGEST_LIMIT, known_constant
from codegen.verify.draws import Draw, free_shapes, load_npz, save_npz, sized_shapes, write_draws
from codegen.verify.gradients import compare_gradients
from codegen.verify.judge import Judgement, Pass, Ran, compare_nodes, judge, passes_of, responsible_constants
from codegen.verify.plan import VerificationPlan, call_places, permutation
from codegen.verify.report import (
    BuildResult,
    GradientResult,
    NodeResult,
    OutputResult,
    PassResult,
    Report,
    write_report,
)
from codegen.verify.slicing import SliceError, local_defaults, needed_statements
from codegen.verify.test_file import write_test
from codegen.verify.training import PASS, TrainingResult, judge_training
from codegen.verify.workers import Limits, WorkerFailure, run_worker
from pivot.problems import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codegen.verify.plan import Probe
    from codegen.weights.arrays import Array

Progress: TypeAlias = "Callable[[str, int, int], None]"
SUFFIXES = {"keras": ".weights.h5", "torch": ".npz"}
"""Files in which the workers of a target find its weights: by dataset path, or by state_dict name behind "="."""
RECORD_LIMIT = 2**30
"""Bytes of intermediate tensors kept per pass and side; what does not fit is left out of the node table."""


def verify(
    plan: VerificationPlan,
    directory: Path,
    progress: Progress = lambda step, done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Report:
    """Run both sides, compare; report.json, report.html and test_<stem>_equivalence.py go into `directory`.

    A model that does not run is a report that says so, not an exception. Raises Cancelled, OSError.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pivot-verify-") as name:
        one = _Verification(plan, Path(name), progress, cancelled)
        report = one.run()
        directory.mkdir(parents=True, exist_ok=True)
        if one.weights.exists():
            keras = plan.source.framework == "keras"
            limits = [constant.limit for node in plan.nodes if (constant := known_constant(node.op, keras))]
            gate = max(limits, default=GATE) if report.constants else GATE
            with suppress(SliceError, SyntaxError):  # an edited text was verified that is not what the file holds
                more = one.second is not None and not one.second.instead  # on the axes that are known to hold samples
                write_test(plan, directory, one.state_file, one.weights, one.stubs, gate, more)
    report = replace(report, seconds=time.monotonic() - started)
    write_report(report, directory)
    return report


def write_weights(framework: str, path: Path, arrays: Mapping[str, Array]) -> None:
    """The weights as the target's worker takes them. Raises Refusal, OSError."""
    if framework == "keras":
        from codegen.weights.keras_file import write_weights_h5

        write_weights_h5(path, arrays)
    else:
        save_npz(path, {f"={name}": array for name, array in arrays.items()})


@dataclass(frozen=True, slots=True)
class _Side:
    """What one worker gave: arrays per pass, and its report."""

    ran: Mapping[str, Ran]
    report: Mapping[str, object]


class _Verification:
    """One verification: its files lie in `folder`."""

    def __init__(self, plan: VerificationPlan, folder: Path, progress: Progress, cancelled: Callable[[], bool]) -> None:
        self.plan, self.folder, self.progress, self.cancelled = plan, folder, progress, cancelled
        self.passes = passes_of(plan)
        self.draws: list[Draw] = []
        self.weights = folder / f"target{SUFFIXES[plan.target.framework]}"
        self.stubs: tuple[str, ...] = ()
        self.second: Pass | None = None
        """The pass with a larger batch that the source took."""
        self.raises = True
        """May float64 stand for float32 where the source names it?"""
        self.raised = False
        """Does it stand for it, on both sides?"""

    def run(self) -> Report:
        """Source, weights, target, comparison; the first step that fails ends it."""
        plan = self.plan
        empty = Report(False, _facts(plan, "source"), _facts(plan, "target"), plan.static, parameters=plan.parameters)
        if plan.static is not None and not plan.static.equal:
            empty = replace(empty, why="the written text reads back as another network")
        self.draws = write_draws(plan, self.folder)
        try:
            source = self.raised_source()
        except (WorkerFailure, SliceError, SyntaxError) as error:
            return replace(empty, why=f"the source does not run: {_line(error)}")
        self.stubs = tuple(cast("Sequence[str]", source.report["stubs"]))
        self.raised = bool(source.report.get("raised"))
        state = load_npz(self.state_file)
        state = {key[1:]: array for key, array in state.items()}
        versions = cast("Mapping[str, str]", source.report["versions"])
        empty = replace(empty, parameters=cast("int", source.report.get("parameters", 0)), versions=versions)
        if source.ran[self.passes[0].name].arrays is None:
            return replace(empty, why=f"the source does not run: {source.ran[self.passes[0].name].why}")
        self.second = second_of(self.passes, source.ran)
        self.passes = [replace(one, instead=()) for one in self.passes if one.name in source.ran]
        try:
            write_weights(plan.target.framework, self.weights, plan.carrier(state))
        except Refusal as refusal:
            return replace(empty, why=f"the weights cannot be carried over: {refusal.problem.why}")
        try:
            target = self.run_target("tensorflow")
        except WorkerFailure as error:
            build = _build(error.report, None)
            return replace(empty, build=build, why=f"the generated model does not run: {_line(error)}")
        versions = {**versions, **cast("Mapping[str, str]", target.report["versions"])}
        return self.judge(replace(empty, versions=versions, build=_build(target.report, None)), source, target, state)

    def judge(self, report: Report, source: _Side, target: _Side, state: Mapping[str, Array]) -> Report:
        """The comparison; a second backend only where constants of the first may explain the difference."""
        plan, named = self.plan, [(one, self.draws[one.draw].batch) for one in self.passes]
        constants: tuple[str, ...] = ()
        both_ran = [target.ran]
        found = judge(plan, named, source.ran, both_ran)
        gradients = self.gradients(source, target, state)
        if GATE < found.float64.worst <= LARGEST_LIMIT and "keras" in (plan.source.framework, plan.target.framework):
            written = plan.target.framework == "keras"
            try:
                second = self.run_target("torch") if written else self.run_source("torch")
            except WorkerFailure:
                pass  # one backend must do; the difference stands as it is
            else:
                theirs = [target.ran, second.ran] if written else both_ran
                if not written:  # what the second backend is not asked for stays
                    second = _Side({**source.ran, **second.ran}, source.report)
                both = judge(plan, named, source.ran if written else second.ran, theirs)
                constants = responsible_constants(plan, found, both)
                if constants:
                    pair = (source, second) if written else (second, target)
                    found, both_ran, gradients = both, theirs, _better(gradients, self.gradients(*pair, state))
                    source = source if written else second
        training = self.training(found, source, target, both_ran, state)
        first, larger = found.first_difference, differing_batch(found, self.second)
        if larger is not None:
            first = self.first_node(larger.name) or first
        why = _why(found, first, larger, gradients, report)
        why = why or (training.why if training is not None and not training.equal else None)
        return replace(
            report,
            equal=why is None,
            float64=found.float64,
            float32=found.float32,
            passes=found.passes,
            batches=compared_batches(plan, named, self.second),
            gradients=gradients,
            training=training,
            constants=constants,
            raised=self.raised,
            first_difference=first,
            why=why,
        )

    def first_node(self, name: str) -> NodeResult | None:
        """The first node that differs in a pass that kept none: both sides run it once more."""
        if not self.plan.nodes:
            return None
        self.passes = [replace(one, record=True, instead=()) for one in self.passes if one.name == name]
        try:
            source, target = self.run_source(), self.run_target("tensorflow")
        except WorkerFailure:
            return None
        nodes = compare_nodes(self.plan, source.ran[name], [target.ran[name]])
        return next((node for node in nodes if not node.error <= GATE), None)

    def training(
        self,
        found: Judgement,
        source: _Side,
        target: _Side,
        targets: Sequence[Mapping[str, Ran]],
        state: Mapping[str, Array],
    ) -> TrainingResult | None:
        """One step in training mode."""
        if PASS not in source.ran:
            return None
        theirs = [target[PASS] for target in targets if PASS in target]
        unbiased = cast("float | None", source.report.get("unbiased") or target.report.get("unbiased"))
        return judge_training(self.plan, source.ran[PASS], theirs, found.training, state, unbiased)

    def gradients(self, source: _Side, target: _Side, state: Mapping[str, Array]) -> GradientResult | None:
        """The gradient pass, where both sides could differentiate."""
        name = "float64/gradients"
        if name not in source.ran:
            return None
        left, right = source.ran[name], target.ran[name]
        if left.arrays is None or right.arrays is None:
            return GradientResult(None, 0, left.why or right.why)
        aliases = cast("Mapping[str, str]", source.report.get("aliases", {}))
        return compare_gradients(self.plan, state, left.arrays, right.arrays, aliases)

    @property
    def state_file(self) -> Path:
        """state_dict names behind a "=" -> arrays."""
        return self.folder / "state.npz"

    def raised_source(self) -> _Side:
        """The source with float64 where it names float32; as it stands, where it does not run so."""
        try:
            source = self.run_source()
        except WorkerFailure as error:
            if not error.report.get("raised"):
                raise
        else:
            if source.ran[self.passes[0].name].arrays is not None or not source.report.get("raised"):
                return source
        self.raises = False
        return self.run_source()

    def run_source(self, backend: str = "tensorflow") -> _Side:
        """The source worker: makes the weights unless a checkpoint was given, then runs every pass.

        On a second backend of Keras it takes the weights that the first one had.
        """
        first = backend == "tensorflow"
        side = "source" if first else f"source-{backend}"
        made = first and self.plan.weights is None
        facts = self.plan.source
        given = frozenset(name for name in facts.bind if not name.startswith("self."))
        text = facts.texts.get(facts.path)
        slice_, own = None, dict[str, str]()
        if facts.module is None:
            text = Path(facts.path).read_text(encoding="utf-8-sig") if text is None else text
            slice_ = needed_statements(text, facts.model, given)
            own = local_defaults(text, facts.model)
        if self.plan.weights is not None:
            save_npz(self.state_file, {f"={name}": array for name, array in self.plan.weights.items()})
        job = self.common(side, [node.source_key for node in self.plan.nodes]) | {
            "texts": dict(facts.texts),
            "source": {
                "path": facts.path,
                "root": facts.root,
                "module": facts.module,
                "model": facts.model,
                "bind": {**own, **facts.bind},
                "search": list(facts.search),
                "mode": facts.mode,
                "slice": slice_,
            },
            "state": None if made else str(self.state_file),
            "dump_state": str(self.state_file) if made else None,
        }
        return self.worker(side, facts.framework, job, backend)

    def run_target(self, backend: str) -> _Side:
        """The generated model on one of Keras' backends; the symbolic build only on the first."""
        facts, first = self.plan.target, backend == "tensorflow"
        outputs = [permutation(output.target_axes, output.source_axes) for output in self.plan.outputs]
        job = self.common(f"target-{backend}", [node.target_key for node in self.plan.nodes]) | {
            "path": facts.path,
            "model": facts.model,
            "texts": dict(facts.texts),
            "weights" if facts.framework == "keras" else "state": str(self.weights),
            "build": free_shapes(self.plan) if first else None,
            "sized": sized_shapes(self.plan),
            "orders": outputs,
        }
        return self.worker(f"target-{backend}", facts.framework, job, backend)

    def common(self, side: str, probes: Sequence[Probe]) -> dict[str, object]:
        """What both runtimes are told."""
        modules = dict.fromkeys(probe.name for probe in probes if not probe.site)
        source = side.startswith("source")
        runs = [
            {
                "name": one.name,
                "dtype": one.dtype,
                "mode": one.mode,
                "inputs": self.draws[one.draw].source if source else self.draws[one.draw].target,
                "record": one.record,
                "gradients": one.gradients,
                "instead": one.instead,
                "results": str(self.results(side, one)),
            }
            for one in self.passes
            if not (side.endswith("-torch") and one.dtype == "float32")
        ]
        places, named = call_places(self.plan.inputs)
        return {
            "seed": self.plan.seed,
            "inputs": [{"name": spec.name, "dtype": spec.dtype} for spec in self.plan.inputs],
            "args": places,
            "kwargs": named,
            "runs": runs,
            "record": list(modules),
            "record_limit": RECORD_LIMIT,
            "dropout": int(self.plan.dropout),
            "raised": self.raises if source else self.raised,
        }

    def results(self, side: str, one: Pass) -> Path:
        """Where the arrays of a pass lie."""
        return self.folder / f"{side}-{one.name.replace('/', '-')}.npz"

    def worker(self, side: str, framework: str, job: Mapping[str, object], backend: str) -> _Side:
        """Run the job and collect what each pass gave."""
        step = f"verify {side}"
        self.progress(step, 0, 0)  # frameworks take long to start, and until then nothing else is told
        report = run_worker(
            framework,
            job,
            self.folder,
            side,
            Limits(self.plan.limit_s),
            python=self.plan.python,
            backend=backend,
            progress=lambda done, total: self.progress(step, done, total),
            cancelled=self.cancelled,
        )
        by_name = {one.name: one for one in self.passes}
        ran: dict[str, Ran] = {}
        for entry in cast("Sequence[Mapping[str, object]]", report["runs"]):
            one = by_name[cast("str", entry["name"])]
            place = f" ({entry['file']}:{entry['line']})" if entry.get("file") else ""
            ran[one.name] = (
                Ran(load_npz(self.results(side, one))) if entry["ok"] else Ran(None, f"{entry['error']}{place}")
            )
        return _Side(ran, report)


def _why(
    found: Judgement,
    first: NodeResult | OutputResult | None,
    larger: PassResult | None,
    gradients: GradientResult | None,
    report: Report,
) -> str | None:
    """The first reason for not being equal, or None; `first`: where it begins, `larger`: the batch it begins with."""
    if report.why is not None:
        return report.why
    if first is not None:
        name = getattr(first, "path", "") or getattr(first, "op", "") or getattr(first, "name", "")
        batch = f"for a batch of {larger.batch} " if larger is not None else ""
        return f"{batch}{name or 'the output'} differs: {first.why or f'relative error {first.error:.1e}'}"
    broken = [one for one in found.passes if one.error is not None and not one.error <= GATE and "float64" in one.name]
    broken = [one for one in broken if one.name not in ("float64/gradients", PASS)]
    if broken:
        return f"the pass {broken[0].name} differs: {broken[0].why}"
    if not found.float64.outputs:
        return "the source gives no outputs"
    if report.build is not None and not report.build.ok:
        return f"the generated model does not build symbolically: {report.build.why}"
    if gradients is not None and gradients.error is not None and gradients.error > GATE:
        return gradients.why
    return None


def _better(one: GradientResult | None, other: GradientResult | None) -> GradientResult | None:
    if one is None or other is None or other.error is None:
        return one
    return other if one.error is None or other.error < one.error else one


def _build(report: Mapping[str, object], default: BuildResult | None) -> BuildResult | None:
    found = report.get("build")
    if not isinstance(found, dict):
        return default
    inputs = tuple(tuple(shape) for shape in found["inputs"])
    return BuildResult(bool(found["ok"]), inputs, found["why"])


def _facts(plan: VerificationPlan, side: str) -> dict[str, object]:
    facts = plan.source if side == "source" else plan.target
    return {"path": facts.path, "framework": facts.framework, "model": facts.model}


def _line(error: Exception) -> str:
    """One line, with the place in the model's code where it is known."""
    if isinstance(error, WorkerFailure) and error.file:
        return f"{error.file}:{error.line}: {error.why}"
    return " ".join(str(error).split())
