"""One sample on both sides: the model in PyTorch, its conversion, the Keras model; compared in float64."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from sample_sources import Sample

from codegen.convert import Converted, convert
from codegen.static_proof import prove
from codegen.verification import make_plan
from codegen.verify.comparison import compare
from codegen.verify.plan import VerificationPlan, permutation
from pivot.opset import OpSet
from pivot.problems import Refusal
from pivot.reading.elaborate import Request
from pivot.reading.inputs import parse_spec
from pivot.reading.keras import KerasDialect
from pivot.reading.torch import TorchDialect

ROOT = Path(__file__).resolve().parent.parent
CLOSE = 1e-6
SECONDS = 60
T = TypeVar("T", bound="Named")


@dataclass(slots=True)
class Verdict:
    """`kind`: equal, close, wrong, unloadable, refused, crashed or left out; `why` is one line."""

    name: str
    kind: str
    why: str = ""


class Named(Protocol):
    """What is judged has a name."""

    name: str


def run_in_child(samples: Sequence[T], judge: Callable[[T, Path], Verdict], folder: Path) -> list[Verdict]:
    """Judge samples in a forked process; one that kills it is marked, the others are run in another."""
    found: list[Verdict] = []
    rest = list(samples)
    while rest:
        answers = folder / "answers.jsonl"
        answers.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            work(rest, judge, folder, answers)
        _, status = os.waitpid(child, 0)
        lines = answers.read_text(encoding="utf-8").splitlines() if answers.exists() else []
        found += [Verdict(**json.loads(line)) for line in lines]
        rest = rest[len(lines) :]
        if rest:
            why = "took too long" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM else f"{status}"
            found.append(Verdict(rest[0].name, "crashed", f"the process ended: {why}"))
            rest = rest[1:]
    return found


def work(samples: Sequence[T], judge: Callable[[T, Path], Verdict], folder: Path, answers: Path) -> None:
    """The forked process: a verdict per line. Never returns."""
    with (folder / "log.txt").open("w", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        with answers.open("w", encoding="utf-8") as out:
            for sample in samples:
                signal.alarm(SECONDS)
                verdict = judge(sample, folder)
                out.write(json.dumps({"name": verdict.name, "kind": verdict.kind, "why": verdict.why}) + "\n")
                out.flush()
    os._exit(0)


def judge(opset: OpSet, sample: Sample, folder: Path) -> Verdict:
    """The verdict on one sample."""
    try:
        expected, state = run_torch(sample)
    except Exception as error:  # noqa: BLE001  not a program of ours
        return Verdict(sample.name, "left out", f"does not run in PyTorch: {brief(error)}")
    if any(array.dtype.kind == "c" for array in expected):
        return Verdict(sample.name, "left out", "complex numbers")
    path = folder / re.sub(r"\W", "_", sample.name)
    path.mkdir(exist_ok=True)
    (path / "model.py").write_text(sample.text, encoding="utf-8")
    try:
        plan, text = converted(sample, opset, path)
    except Refusal as no:
        return Verdict(sample.name, "refused", no.problem.why)
    except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
        (path / "crash.txt").write_text(traceback.format_exc(), encoding="utf-8")
        return Verdict(sample.name, "crashed", brief(error))
    if plan is None:
        return Verdict(sample.name, "refused", text)
    try:
        results = run_keras(plan, path, sample.inputs, state)
    except Exception as error:  # noqa: BLE001  the generated program is at fault
        (path / "crash.txt").write_text(traceback.format_exc(), encoding="utf-8")
        return Verdict(sample.name, "unloadable", brief(error))
    return compared(sample, plan, expected, results)


def compared(sample: Sample, plan: VerificationPlan, expected: list[Any], results: list[Any]) -> Verdict:
    """equal, close or wrong."""
    if len(expected) != len(results):
        return Verdict(sample.name, "wrong", f"{len(results)} outputs, not {len(expected)}")
    worst = 0.0
    for spec, left, right in zip(plan.outputs, expected, results, strict=True):
        found = compare(left, right, permutation(spec.target_axes, spec.source_axes))
        if found.why is not None:
            return Verdict(sample.name, "wrong", found.why)
        worst = max(worst, found.error)
    kind = "equal" if worst <= 1e-12 else "close" if worst <= CLOSE else "wrong"
    return Verdict(sample.name, kind, "" if kind == "equal" else f"relative error {worst:.1e}")


def flat(value: Any) -> list[Any]:
    """Tensors of a result in order."""
    if isinstance(value, (tuple, list)):
        return [item for part in value for item in flat(part)]
    return [] if value is None else [np.asarray(value.detach() if hasattr(value, "detach") else value)]


def run_torch(sample: Sample) -> tuple[list[Any], dict[str, Any]]:
    """Outputs of the source, and its state with every parameter away from its initial value."""
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(1)
    names: dict[str, Any] = {}
    exec(compile(sample.text, "model.py", "exec"), names)  # noqa: S102  written by sample_sources
    model = names["M"]().eval()
    inputs = [torch.from_numpy(array.copy()) for array in sample.inputs]
    with torch.no_grad():
        if any(isinstance(p, torch.nn.parameter.UninitializedParameter) for p in model.parameters()):
            model(*inputs)
        for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
            if name in sample.state:
                tensor.copy_(sample.state[name])
            elif "running_var" in name:
                tensor.uniform_(0.5, 1.5)
            elif tensor.is_floating_point():
                tensor.add_(0.1 * torch.randn(tensor.shape))
        outputs = flat(model(*inputs))
        state = {name: tensor.numpy().copy() for name, tensor in model.state_dict().items()}
    return outputs, state


def converted(sample: Sample, opset: OpSet, folder: Path) -> tuple[VerificationPlan | None, str]:
    """The plan of a conversion that was proved, or None and why it is refused. Raises Refusal."""
    request = Request(folder / "model.py", "M", tuple(parse_spec(spec) for spec in sample.specs))
    made = convert(request, TorchDialect(), "keras", opset)
    target = folder / "model_keras.py"
    target.write_text(made.text, encoding="utf-8")
    problem = first_error(made)
    if problem is not None:
        return None, problem
    proof = prove(made, KerasDialect(), opset, target)
    if not proof.equal:
        return None, f"not proved: {proof.why}"
    return make_plan(made, proof, target, {}, None), made.text


def first_error(made: Converted) -> str | None:
    """Why nodes were not mapped."""
    problems = [*made.done.network.problems, *made.sites.problems, *made.written.problems]
    return next((p.why for p in problems if p.severity == "error"), None)


def run_keras(plan: VerificationPlan, folder: Path, inputs: Sequence[Any], state: dict[str, Any]) -> list[Any]:
    """Outputs of the generated program on the same inputs and weights."""
    import keras

    runtime = load_runtime()
    runtime.set_dtype("float64")
    names: dict[str, Any] = {}
    text = (folder / "model_keras.py").read_text(encoding="utf-8")
    exec(compile(text, str(folder / "model_keras.py"), "exec"), names)  # noqa: S102  what we wrote ourselves
    model = eval(plan.target.model, names)  # noqa: S307
    given = []
    for spec, array in zip(plan.inputs, inputs, strict=True):
        order = permutation(spec.source_axes, spec.target_axes)
        stored = np.ascontiguousarray(array.transpose(order)) if order else array
        given.append(keras.ops.convert_to_tensor(stored, dtype=stored.dtype.name))
    model(*given, training=False)
    variables = runtime.variable_paths(model)
    carried = plan.carrier(state)
    needed = {p for p, v in variables.items() if "seed_generator" not in p and "uint" not in v.dtype}
    if needed ^ set(carried):
        raise KeyError(f"weights of one side only: {sorted(needed ^ set(carried))}")
    for name, array in carried.items():
        variables[name].assign(array)
    return [np.asarray(value) for value in keras.tree.flatten(model(*given, training=False))]


def load_runtime(framework: str = "keras") -> Any:
    """The runtime of the verification: paths of variables, what stands for drawn numbers."""
    path = ROOT / "codegen" / framework / "runtime.py"
    spec = importlib.util.spec_from_file_location("runtime", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def brief(error: BaseException) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:240]}"
