"""One case of constructor arguments: the source called with them, and the class that was written without them."""

from __future__ import annotations

import importlib.util
import re
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from sample_runs import Verdict, brief, flat, load_runtime

from codegen.convert import Converted, write_target
from codegen.other_arguments import not_followed
from codegen.restating import elaborate_for
from codegen.static_proof import Proof, prove
from codegen.verification import make_plan
from codegen.verify.comparison import compare
from codegen.verify.plan import VerificationPlan, permutation
from pivot.opset import OpSet
from pivot.problems import Refusal
from pivot.reading.elaborate import Request
from pivot.reading.inputs import parse_spec
from pivot.reading.keras import KerasDialect
from pivot.reading.torch import TorchDialect

MODELS = Path(__file__).resolve().parent / "constructor_models"
MADE: dict[tuple[str, str], Written] = {}
"""Conversions of this process: every case of a model asks for the one with default arguments."""


@dataclass(frozen=True, slots=True)
class Case:
    """A model, its input as the command takes it, and the arguments that it is called with: `k=3, s=2`."""

    file: str
    model: str
    input: str
    given: str

    @property
    def name(self) -> str:
        """As it is shown."""
        return f"{self.file}.{self.model}({self.given})"


@dataclass(frozen=True, slots=True)
class Written:
    """A conversion: its file, what it said of parameters that have no effect, how to verify it."""

    path: Path
    warned: tuple[str, ...]
    plan: VerificationPlan


def judge(opset: OpSet, case: Case, folder: Path) -> Verdict:
    """The verdict on one case; `why` of one that is followed: what its own conversion did wrong."""
    try:
        written = convert(opset, case.file, f"{case.model}()", case.input, folder / f"{case.file}_{case.model}")
    except (Refusal, ValueError) as no:
        return Verdict(case.name, "refused", said(no))
    expected, state, given = run_source(case)
    own, told = None, ""
    try:
        own = convert(opset, case.file, f"{case.model}({case.given})", case.input, folder / f"{case.file}_own")
    except (Refusal, ValueError) as no:
        told = f"converted with these arguments: refused: {said(no)}"
    if own is not None:
        try:
            error = differing(own.plan, run_written(own, own, given, state), expected)
            told = f"converted with these arguments: {error}" if error else ""
        except Exception as error:  # noqa: BLE001  the generated program is at fault
            told = f"converted with these arguments: {brief(error)}"
    try:
        asked = own or replace(written, plan=called_with(written.plan, case))
        why = differing(written.plan, run_written(written, asked, given, state), expected)
        kind = "silent" if why else "followed"
    except Exception as error:  # noqa: BLE001  the generated program is at fault
        (folder / f"{case.file}_{case.model}" / "raised.txt").write_text(traceback.format_exc(), encoding="utf-8")
        kind, why = "raises", brief(error)
    if kind != "followed" and is_warned(written.warned, case.given):
        kind = "warned"
    return Verdict(case.name, kind, "; ".join(part for part in (why, told) if part))


def convert(opset: OpSet, file: str, entry: str, spec: str, folder: Path) -> Written:
    """A conversion as the command makes it. Raises Refusal, or ValueError where something is unmapped or unproved."""
    if (file, entry) in MADE:
        return MADE[file, entry]
    folder.mkdir(parents=True, exist_ok=True)
    done = elaborate_for(Request(MODELS / f"{file}.py", entry, (parse_spec(spec),)), TorchDialect(), "keras", opset)
    made = write_target(done, "keras", opset, init="source")
    path = folder / f"{file}_keras.py"
    path.write_text(made.text, encoding="utf-8")
    problems = problems_of(made)
    wrong = next((p.why for p in problems if p.severity == "error"), None)
    proof: Proof = prove(made, KerasDialect(), opset, path)
    if wrong or not proof.equal:
        raise ValueError(wrong or f"not proved: {proof.why}")
    plan = make_plan(made, proof, path, {}, None)
    problems += not_followed(made, Request(MODELS / f"{file}.py", entry), TorchDialect(), opset, path)
    said = tuple(p.why for p in problems if p.code in ("frozen", "other-argument"))
    MADE[file, entry] = Written(path, said, plan)
    return MADE[file, entry]


def said(no: Exception) -> str:
    """Why something was refused."""
    return no.problem.why if isinstance(no, Refusal) else str(no)


def problems_of(made: Converted) -> list[Any]:
    """Everything that a conversion says."""
    return [*made.done.network.problems, *made.sites.problems, *made.written.problems]


def is_warned(said: Sequence[str], given: str) -> bool:
    """Was it said that one of the given parameters has no effect?"""
    names = re.findall(r"(\w+)=", given)
    return any(re.search(rf"\b{name}\b", re.split(r" counts| may count", why)[0]) for name in names for why in said)


def called_with(plan: VerificationPlan, case: Case) -> VerificationPlan:
    """A plan whose target is called with the arguments of a case as they stand."""
    return replace(plan, target=replace(plan.target, model=f"{case.model}({case.given})"))


def run_source(case: Case) -> tuple[list[Any], Mapping[str, Any], Any]:
    """PyTorch's outputs with these arguments, its weights, and the input."""
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(1)
    model = eval(f"{case.model}({case.given})", vars(load(MODELS / f"{case.file}.py"))).eval()  # noqa: S307  our table
    spec, draw = parse_spec(case.input), np.random.RandomState(0)
    shape = tuple(spec.shape)
    given = draw.randint(0, 20, shape) if spec.dtype == "int64" else draw.randn(*shape)
    with torch.no_grad():
        for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
            if "running_var" in name:
                tensor.uniform_(0.5, 1.5)
            elif tensor.is_floating_point():
                tensor.add_(0.1 * torch.randn(tensor.shape))
        expected = flat(model(torch.from_numpy(given)))
    state = {name: tensor.numpy().copy() for name, tensor in model.state_dict().items()}
    return expected, state, given


def run_written(written: Written, asked: Written, given: Any, state: Mapping[str, Any]) -> list[Any]:
    """Outputs of a written class with the arguments, and the weights, of the conversion that was `asked` for."""
    import keras

    runtime = load_runtime()
    runtime.set_dtype("float64")
    names = {**vars(load(asked.path)), **vars(load(written.path))}  # what `asked` calls the classes that it hands over
    model = eval(asked.plan.target.model, names)  # noqa: S307  what we wrote ourselves
    order = permutation(written.plan.inputs[0].source_axes, written.plan.inputs[0].target_axes)
    x = keras.ops.convert_to_tensor(np.ascontiguousarray(given.transpose(order)) if order else given)
    model(x, training=False)
    variables = runtime.variable_paths(model)
    wanted = {p: v for p, v in variables.items() if "seed_generator" not in p and "uint" not in v.dtype}
    carried = asked.plan.carrier(state)
    if set(wanted) != set(carried):
        carried = by_shape(wanted, carried)
    for name, array in carried.items():
        wanted[name].assign(array)
    return [np.asarray(value) for value in keras.tree.flatten(model(x, training=False))]


def by_shape(wanted: Mapping[str, Any], carried: Mapping[str, Any]) -> dict[str, Any]:
    """Weights of a model whose layers have other paths, in their order. Raises KeyError where shapes differ."""
    if [tuple(v.shape) for v in wanted.values()] != [a.shape for a in carried.values()]:
        raise KeyError(f"weights of one side only: {sorted(set(wanted) ^ set(carried))}")
    return dict(zip(wanted, carried.values(), strict=True))


def differing(plan: VerificationPlan, results: Sequence[Any], expected: Sequence[Any]) -> str:
    """How outputs differ; empty where they are equal to 1e-12."""
    if len(expected) != len(results):
        return f"{len(results)} outputs, not {len(expected)}"
    for spec, left, right in zip(plan.outputs, expected, results, strict=True):
        found = compare(left, right, permutation(spec.target_axes, spec.source_axes))
        if found.why is not None or found.error > 1e-12:
            return found.why or f"relative error {found.error:.1e}"
    return ""


def load(path: Path) -> ModuleType:
    """A file as a module."""
    spec = importlib.util.spec_from_file_location(f"{path.stem}_{abs(hash(path))}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    spec.loader.exec_module(module)
    return module
