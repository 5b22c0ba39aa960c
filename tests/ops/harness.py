"""Every example of every op file as a small PyTorch program: converted, proved, and run by both frameworks.

The conversions happen here; the numbers come from two worker processes, one per framework, that run all examples
one after the other (numbers_torch.py, numbers_keras.py beside this file).
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from codegen.convert import Converted, convert
from codegen.static_proof import prove
from codegen.verification import make_plan
from codegen.verify.comparison import compare
from codegen.verify.constants import known_constant
from codegen.verify.draws import load_npz, write_draws
from codegen.verify.plan import VerificationPlan, permutation
from pivot.op import Op
from pivot.opset import OpSet
from pivot.problems import Refusal
from pivot.reading.elaborate import Request
from pivot.reading.inputs import parse_spec
from pivot.reading.keras import KerasDialect
from pivot.reading.torch import TorchDialect
from pivot.slots import Operand

if TYPE_CHECKING:
    from codegen.weights.arrays import Array

HERE = Path(__file__).resolve().parent
GATE = {"float64": 1e-12, "float32": 2e-6}
FLOAT32_ONLY = ("adaptive_avg_pool3d", "adaptive_max_pool3d")
"""Ops without a float64 kernel in TensorFlow on a CPU."""
UNPAIRED = ("torchvision",)
"""Packages that an example names and that need not be installed: such an example is converted and proved only."""
SECONDS = 170.0


@dataclass(frozen=True, slots=True)
class Case:
    """One example. `text` is the program; `inputs` are specifications as --input has them, in order."""

    op: str
    number: int
    expression: str
    inputs: tuple[str, ...]
    given: str
    spoil: tuple[str, str] | None = None  # a text of the written program and what a bug would have put in its place

    @property
    def name(self) -> str:
        """The name of its test, and of its folder."""
        return f"{self.op}-{self.number}"

    @property
    def text(self) -> str:
        """The example as a program with one model."""
        names = [spec.partition("=")[0] for spec in self.inputs]
        tree = ast.parse(self.expression, mode="eval")
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        imports = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
        imports += "".join(f"import {package}\n" for package in UNPAIRED if package in used)
        arguments = ", ".join(names)
        head = f"{imports}\n\nclass Model(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        if used.isdisjoint(names):
            layer = f"        self.layer = {self.expression}\n"
            return f"{head}{layer}\n    def forward(self, {arguments}):\n        return self.layer({self.given})\n"
        return f"{head}\n    def forward(self, {arguments}):\n        return {self.expression}\n"

    @property
    def dtype(self) -> str:
        """The element type in which both sides are run."""
        return "float32" if self.op in FLOAT32_ONLY else "float64"


@dataclass(slots=True)
class Outcome:
    """What became of an example: "equal", "refused", "wrong" or "crashed"; `why` is one line."""

    status: str
    why: str = ""
    source: str = ""
    target: str = ""
    errors: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.status}: {self.why}\n--- source\n{self.source}\n--- target\n{self.target}"


def cases(opset: OpSet) -> list[Case]:
    """All examples with a PyTorch side."""
    return [
        Case(
            op.name,
            number,
            example.texts["torch"],
            tuple(f"{n}={s}" for n, s in example.inputs.items()),
            arguments_of(op, list(example.inputs)),
        )
        for op in opset.ops.values()
        for number, example in enumerate(op.examples)
        if "torch" in example.texts
    ]


def arguments_of(op: Op, names: list[str]) -> str:
    """The arguments of a layer's call: operands that PyTorch takes as one tuple stand in one, `x, (h, c)`."""
    for form in op.forms.get("torch", ()):
        groups = [slot.value.names for slot in form.apply if isinstance(slot.value, Operand)]
        together = next((group for group in groups if len(group) > 1 and set(group) <= set(names)), None)
        if form.kind == "layer" and together is not None:
            return ", ".join([n for n in names if n not in together] + [f"({', '.join(together)})"])
    return ", ".join(names)


def run_all(opset: OpSet, chosen: list[Case], folder: Path) -> dict[str, Outcome]:
    """The outcome of every example, by its name."""
    outcomes: dict[str, Outcome] = {}
    plans: dict[str, VerificationPlan] = {}
    for case in chosen:
        outcomes[case.name] = attempt(case, opset, folder / case.name, plans)
    by_name = {case.name: case for case in chosen}
    jobs = [job for name, plan in plans.items() for job in jobs_of(by_name[name], plan, folder / name)]
    source = run_worker("torch", jobs, folder)
    for name, plan in plans.items():
        state = folder / name / "state.npz"
        if state.exists():
            carried = plan.carrier({key[1:]: value for key, value in load_npz(state).items()})
            save(folder / name / "carried.npz", carried)
    runnable = [job for job in jobs if source.get(str(job["key"])) is None]
    target = run_worker("keras", runnable, folder)
    for name, plan in plans.items():
        judge(by_name[name], plan, folder / name, source, target, outcomes[name])
    return outcomes


def attempt(case: Case, opset: OpSet, folder: Path, plans: dict[str, VerificationPlan]) -> Outcome:
    """Convert and prove one example; where both succeed its plan is kept."""
    folder.mkdir(parents=True)
    path = folder / "model.py"
    path.write_text(case.text, encoding="utf-8")
    outcome = Outcome("crashed", source=case.text)
    try:
        request = Request(path, "Model", tuple(parse_spec(spec) for spec in named(case)))
        converted = convert(request, TorchDialect(), "keras", opset)
        outcome.target = converted.text
        refused = refusal_of(converted)
        if refused is not None:
            outcome.status, outcome.why = "refused", refused
            return outcome
        target = folder / "model_keras.py"
        target.write_text(converted.text, encoding="utf-8")
        proof = prove(converted, KerasDialect(), opset, target)
        if not proof.equal:
            outcome.status, outcome.why = "wrong", f"not proved: {proof.why} at {proof.place}"
            return outcome
        plans[case.name] = make_plan(converted, proof, target, {}, None)
        if case.spoil is not None:
            assert case.spoil[0] in converted.text
            target.write_text(converted.text.replace(*case.spoil), encoding="utf-8")
    except Refusal as no:
        outcome.status, outcome.why = "refused", str(no.problem)
    except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
        outcome.why = last_line(error)
    return outcome


def named(case: Case) -> Iterator[str]:
    """The specifications without names: the inputs of the program are positional."""
    for spec in case.inputs:
        yield spec.partition("=")[2]


def refusal_of(converted: Converted) -> str | None:
    """The reason of the first op that was not mapped, with its place."""
    problems = [*converted.done.network.problems, *converted.written.problems]
    found = next((p for p in problems if p.severity == "error"), None)
    return None if found is None else str(found)


def last_line(error: BaseException) -> str:
    """Kind and text of an error, and the innermost place in the repository."""
    place, trace = "", error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "site-packages" not in name and "/lib/python" not in name:
            place = f"{Path(name).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}: {' '.join(str(error).split())} ({place})"


Job = dict[str, object]


def jobs_of(case: Case, plan: VerificationPlan, folder: Path) -> Iterator[Job]:
    """One job for the sizes of the example and one for another batch."""
    if any(package in case.text for package in UNPAIRED):
        return
    draws = write_draws(replace(plan, draws=2), folder)
    for draw in draws:
        yield {
            "key": f"{case.name}/{draw.number}",
            "source": str(folder / "model.py"),
            "target": str(folder / "model_keras.py"),
            "model": plan.target.model,
            "dtype": case.dtype,
            "count": len(plan.inputs),
            "source_inputs": draw.source,
            "target_inputs": draw.target,
            "state": str(folder / "state.npz"),
            "carried": str(folder / "carried.npz"),
            "source_results": str(folder / f"source{draw.number}.npz"),
            "target_results": str(folder / f"target{draw.number}.npz"),
        }


def run_worker(framework: str, jobs: list[Job], folder: Path) -> dict[str, str | None]:
    """Key of a job -> why it failed, or None. One process does all jobs."""
    request, answer = folder / f"{framework}.json", folder / f"{framework}.answer.json"
    request.write_text(json.dumps(jobs), encoding="utf-8")
    command = [sys.executable, "-P", str(HERE / f"numbers_{framework}.py"), str(request), str(answer)]
    own = {"KERAS_BACKEND": "tensorflow", "PYTHONDONTWRITEBYTECODE": "1", "CUDA_VISIBLE_DEVICES": "-1"}
    environment = {**os.environ, **own}
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, env=environment, check=False)
    if done.returncode:
        raise AssertionError(f"the {framework} worker failed:\n{done.stderr[-3000:]}")
    found: dict[str, str | None] = json.loads(answer.read_text(encoding="utf-8"))
    return found


def judge(
    case: Case,
    plan: VerificationPlan,
    folder: Path,
    source: Mapping[str, str | None],
    target: Mapping[str, str | None],
    outcome: Outcome,
) -> None:
    """Set the outcome from what both workers gave."""
    if any(package in case.text for package in UNPAIRED):
        outcome.status, outcome.why = "equal", "proved; not run"
        return
    first = f"{case.name}/0"
    if source.get(first) is not None:
        outcome.status, outcome.why = "crashed", f"the example does not run: {source[first]}"
        return
    outcome.status = "equal"
    for number in range(4):
        key = f"{case.name}/{number}"
        if key not in source or source[key] is not None:
            continue  # the example holds for its own sizes only
        why = target[key]
        if why is None:
            why = difference(
                case, plan, load_npz(folder / f"source{number}.npz"), load_npz(folder / f"target{number}.npz"), outcome
            )
        if why is not None:
            outcome.status, outcome.why = "wrong", f"draw {number}: {why}"
            return


def difference(
    case: Case, plan: VerificationPlan, left: Mapping[str, Array], right: Mapping[str, Array], outcome: Outcome
) -> str | None:
    """Why the results differ, or None."""
    if len(left) != len(right):
        return f"{len(left)} outputs and {len(right)}"
    constant = known_constant(case.op)
    gate = max(GATE[case.dtype], constant.limit if constant is not None else 0.0)
    for place, spec in enumerate(plan.outputs):
        key = f"o{place}"
        found = compare(left[key], right[key], permutation(spec.target_axes, spec.source_axes))
        outcome.errors.append(found.error)
        if not found.error <= gate:
            return f"output {place}: {found.why or f'relative error {found.error:.1e}'}"
    return None


def save(path: Path, arrays: Mapping[str, Array]) -> None:
    """Arrays under keys that np.savez cannot mistake for its own arguments."""
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **{f"={key}": value for key, value in arrays.items()})  # type: ignore[arg-type]
