"""conversion.json: what a conversion took, made, renamed, left out and could not do; and the names of its files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from codegen.convert import Converted
from codegen.counted_sizes import to_be_said
from codegen.lower import TORCH_ONLY
from codegen.picture_values import shape_record
from codegen.target import target_of
from pivot.dims import hint
from pivot.network import Network, Node
from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated
from pivot.reading.inputs import axis_letters
from pivot.reading.values import TensorVersion

VERSION = 1
RECORD = "conversion.json"
PROJECT = "project.pivot"
NAME_BYTES = 200  # of a file name, so that suffixes and temporary names still fit into 255


def target_name(source: Path, framework: str) -> str:
    """`resnet.py` -> `resnet_keras.py`; what cannot stand in a file name everywhere becomes an underscore."""
    stem = re.sub(r"[^\w.+-]", "_", source.stem)
    while len(stem.encode("utf-8", "surrogatepass")) > NAME_BYTES:
        stem = stem[:-1]
    return f"{stem or 'model'}_{framework}.py"


def weights_name(source: Path, framework: str) -> str:
    """`resnet_keras.weights.h5`, `resnet_torch.safetensors`."""
    stem = target_name(source, framework).removesuffix(".py")
    return f"{stem}.safetensors" if framework == "torch" else f"{stem}.weights.h5"


def tensor_record(converted: Converted, name: str, value: TensorVersion) -> dict[str, object]:
    """An input or output: its shape in the source's order, and the axes in both orders."""
    source = target_of(converted.done.evaluator.dialect.framework)
    letters = axis_letters(len(value.type.shape), value.type.dtype, source.channels_last)
    order = converted.layout.order_of(value)
    return {
        "name": name,
        "shape": shape_record(value.type.shape),
        "dtype": value.type.dtype,
        "source_axes": " ".join(letters),
        "target_axes": " ".join(letters[axis] for axis in order),
    }


def unwritten_nodes(converted: Converted) -> dict[str, str]:
    """Nodes that an op reads but the target has no form for: id -> the reason. Arms on trial do not count."""
    met = {id(node) for run in converted.done.network.runs.values() for node in run.nodes}
    return {low.node.id: low.why for key, low in converted.lowering.lowered.items() if not low.plans and key in met}


def parameter_count(network: Network) -> int:
    """Numbers in all weights, trainable or not; shared ones once, and without PyTorch's counters of batches."""
    total = 0
    for parameter in network.parameters:
        if parameter.role in TORCH_ONLY:
            continue
        size = 1
        for dim in parameter.type.shape:
            size *= hint(dim)
        total += size
    return total


def site_counts(nodes: Sequence[Node], lost: Mapping[str, object]) -> tuple[dict[str, int], dict[str, int]]:
    """({mapped, unmapped} of sites, {mapped, unmapped} of nodes); a site counts as unmapped if one of its nodes is."""
    sites: dict[tuple[str, int], bool] = {}
    unmapped = 0
    for node in nodes:
        bad = node.op is None or node.id in lost
        unmapped += bad
        key = (node.file, id(node.site))
        sites[key] = sites.get(key, False) or bad
    bad_sites = sum(sites.values())
    return (
        {"mapped": len(sites) - bad_sites, "unmapped": bad_sites},
        {"mapped": len(nodes) - unmapped, "unmapped": unmapped},
    )


def problems_of(done: Elaborated, converted: Converted | None, extra: Sequence[Problem] = ()) -> tuple[Problem, ...]:
    """Everything to be told of a conversion, each once: reading, sites, writing, then what later steps add."""
    found: list[Problem] = [*done.network.problems]
    if converted is not None:
        found += [*converted.sites.problems, *converted.written.problems]
        found += [dropped_problem(converted, text) for text in converted.written.dropped]
        found += filled_problems(converted)
        found += to_be_said(done, converted.layout.framework)
        found += padding_rows(converted)
        found += said_ties(done)
    return tuple(dict.fromkeys([*found, *extra]))


def said_ties(done: Elaborated) -> list[Problem]:
    """Layers that the target does not have, since they share the weight of an embedding."""
    return [
        Problem(
            "tied-weights", "info", file, tie.tying[1], tie.tying[2] + 1,
            f"self.{tie.layer} has no weight of its own here: it computes with {tie.table}, as in the source",
            "nothing is to be done",
        )
        for file, ties in done.evaluator.said_ties.items()
        for tie in ties
    ]  # fmt: skip


def padding_rows(converted: Converted) -> list[Problem]:
    """Rows of embeddings that PyTorch starts at zero and never trains; layers of other frameworks have none."""
    found: list[Problem] = []
    for visits in converted.done.network.trace.visits.values() if converted.layout.framework != "torch" else ():
        for visit in visits:
            row = visit.kwargs.get("padding_idx", visit.args[2] if len(visit.args) > 2 else None)
            if visit.name == "torch.nn.Embedding" and row is not None and row.hint is not None:
                line = getattr(visit.node, "lineno", 0)
                why = f"padding_idx={row.hint}: PyTorch starts this row at zero and never trains it, the target does"
                remedy = "nothing to do where padding is masked; else keep its gradient at zero in the training step"
                found.append(Problem("padding-row", "warning", visit.frame.file, line, 0, why, remedy))
    return found


def filled_problems(converted: Converted) -> list[Problem]:
    """Weights that the target's layers have and the source's lack: the same numbers, until they are trained."""
    steps = [step for low in converted.lowering.lowered.values() if low.chosen for step in low.chosen.steps]
    found = [
        Problem(
            "filled-weight", "warning", step.node.file, getattr(step.node.site, "lineno", 0), 0,
            f"{step.op.title} has no {role} here, {step.form.name} has one: it holds {number:g}, and would be trained",
            f"before training, freeze it: layer.{step.form.weights[role].path}.requires_grad_(False)",
        )
        for step in steps
        for role, number in step.filled.items()
        if step.node is not None
    ]  # fmt: skip
    return list(dict.fromkeys(found))  # evaluation and training


def dropped_problem(converted: Converted, text: str) -> Problem:
    """`resnet18(progress)`: a parameter that served only what went."""
    function, _, parameter = text.rstrip(")").partition("(")
    file = next(iter(converted.done.evaluator.files))
    why = f"the parameter {parameter} of {function} is left out, it served only what has no counterpart"
    return Problem("dropped-parameter", "info", file, 0, 0, why, "nothing is to be done")


def conversion_record(
    converted: Converted,
    *,
    model: str | None,
    framework: str,
    target_path: str,
    problems: Sequence[Problem],
    weights: str | None = None,
) -> dict[str, object]:
    """The content of conversion.json. `model`: the expression as it was asked for, where it was."""
    network, ev, written = converted.done.network, converted.done.evaluator, converted.written
    sites, nodes = site_counts(network.nodes, unwritten_nodes(converted))
    names = network.runs["eval"].output_names
    return {
        "version": VERSION,
        "source": {
            "path": next(iter(ev.files)),
            "framework": ev.dialect.framework,
            "model": model if model is not None and "@" in model else network.entry,
        },
        "target": {"path": target_path, "framework": framework, "model": converted.entry},
        "inputs": [tensor_record(converted, entry.name, entry.value) for entry in network.inputs],
        "outputs": [tensor_record(converted, n, v) for n, v in zip(names, network.outputs, strict=True)],
        "sites": sites,
        "nodes": nodes,
        "parameters": parameter_count(network),
        "renamed": dict(written.renamed),
        "guards": list(dict.fromkeys([*network.guards, *written.guards])),
        "not_verified": list(dict.fromkeys(written.unverified)),
        "weights": None if weights is None else {"path": weights},
        "problems": [problem.as_json() for problem in problems],
    }


def dumps(record: Mapping[str, object]) -> str:
    """The text of conversion.json, stable from run to run."""
    return json.dumps(record, indent=1, ensure_ascii=True) + "\n"
