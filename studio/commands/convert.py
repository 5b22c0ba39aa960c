"""`pivot-studio convert SRC --to keras -o DIR`: read, write, prove, deliver; carry weights and verify where asked."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.conversion import PROJECT, RECORD, conversion_record, weights_name
from codegen.conversion import dumps as record_text
from codegen.delivery import delivery
from pivot.problems import Problem, refuse
from pivot.project import dumps as project_text
from studio.commands.opening import open_program, project_of
from studio.commands.output import Output
from studio.commands.running import STEPS, Run, run_conversion
from studio.layout.pause import collection_paused
from studio.places import count_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.verify.report import Report
    from codegen.weights.arrays import Array


def convert(args: argparse.Namespace, output: Output) -> int:
    """Convert one program. Raises Refusal."""
    output.call(args.source)
    output.sketch, output.draft = args.sketch, args.draft
    project = project_of(args.source, args.model, args.inputs, args.bind, args.to)
    project = replace(project, style=args.style or project.style, init=args.init or project.init)
    if args.to is None and args.source.suffix != ".pivot":
        raise refuse(
            "usage", str(args.source), 0, 0, "the framework to write is not said", f"add --to {project.target}"
        )
    more = 1 + bool(args.weights) + bool(args.verify)
    run = run_conversion(open_program(project, args.ops), args.out, output, more)
    if run.status == 0 and args.verify:  # each trial costs as much as a conversion
        run.extra += unfollowed(run)
    given: Mapping[str, Array] | None = None
    checkpoint: Mapping[str, Array] | None = None
    if args.weights is not None and run.status == 0:
        output.progress("weights", len(STEPS), len(STEPS) + more)
        given = read_weights(run, args.weights)
        checkpoint = carried(run, given, args.weights)
    if run.status == 2:
        return refused(run, output)
    if run.status == 3:
        run.extra += left_out(args)
    output.progress("deliver", len(STEPS) + bool(args.weights), len(STEPS) + more)
    record = deliver(run, checkpoint)
    report: Report | None = None
    status = run.status
    if args.verify and status == 0:
        report = verified(run, output, given)
        status = 0 if report.equal else 1
    tell(run, record, report, status, output)
    return status


def unfollowed(run: Run) -> tuple[Problem, ...]:
    """Parameters of the model that the target was not proved to follow; a copy follows what it copies."""
    from codegen.other_arguments import not_followed

    program, proved = run.program, run.proof is not None and run.proof.equal
    if run.converted is None or not proved or run.target == program.framework:
        return ()
    with collection_paused():
        path = run.directory / run.file
        return tuple(not_followed(run.converted, program.request, program.dialect, program.opset, path))


def left_out(args: argparse.Namespace) -> tuple[Problem, ...]:
    """What was asked for and cannot be done while nodes are unmapped."""
    asked = {"--weights": args.weights is not None, "--verify": args.verify}
    why, remedy = "is left out, as nodes are unmapped", "map them, then convert again"
    return tuple(
        Problem("left-out", "warning", str(args.source), 0, 0, f"{name} {why}", remedy)
        for name, wanted in asked.items()
        if wanted
    )


def refused(run: Run, output: Output) -> int:
    """Nothing can be delivered: the errors, and what the window can still draw."""
    for problem in run.problems:
        output.problem(problem, fatal=problem is run.stopped or (run.stopped is None and problem.severity == "error"))
    if output.as_json:
        output.event("result", status=2, directory=None, conversion=None, picture=run.picture(), target=None, links=[])
    return 2


def read_weights(run: Run, checkpoint: Path) -> Mapping[str, Array]:
    """The arrays of a checkpoint under the source's names. Raises Refusal."""
    from codegen.weights.checkpoint import match_names, read_checkpoint
    from codegen.weights.mapping import parameter_names

    names = {name for names in parameter_names(run.done).values() for name in names}
    return match_names(read_checkpoint(checkpoint), names)


def carried(run: Run, given: Mapping[str, Array], checkpoint: Path) -> Mapping[str, Array]:
    """The weights under the names of the target. Raises Refusal."""
    from codegen.weights.mapping import carry_weights

    assert run.converted is not None
    if run.proof is None or run.proof.target is None:
        reason = "nodes are unmapped" if run.proof is None else run.proof.why
        why = f"the weights cannot be carried over ({reason})"
        raise refuse("weights", str(checkpoint), 0, 0, why, "convert without --weights")
    return carry_weights(run.converted, given, run.proof)


def write_checkpoint(path: Path, arrays: Mapping[str, Array], framework: str) -> None:
    """Write weights as the target framework loads them. Raises Refusal."""
    if framework == "torch":
        from codegen.weights.safetensors_file import write_safetensors

        write_safetensors(path, arrays)
    else:
        from codegen.weights.keras_file import write_weights_h5

        write_weights_h5(path, arrays)


def deliver(run: Run, checkpoint: Mapping[str, Array] | None) -> dict[str, object]:
    """Put all files into the folder, or none; the record that conversion.json holds. Raises Refusal."""
    assert run.converted is not None
    project = run.program.project
    weights = None if checkpoint is None else weights_name(Path(project.source), run.target)
    record = conversion_record(
        run.converted,
        model=project.model,
        framework=run.target,
        target_path=run.file,
        problems=run.problems,
        weights=weights,
    )
    used = tuple(str(spec) for spec in run.done.specs)
    saved = replace(project, source=str(Path(project.source).absolute()), inputs=used)
    with delivery(run.directory) as stage:
        if checkpoint is not None and weights is not None:
            write_checkpoint(stage.path(weights), checkpoint, run.target)
        stage.write(run.file, run.converted.text)
        stage.write(PROJECT, project_text(saved, run.directory.absolute()))
        stage.write(RECORD, record_text(record))
    return record


def verified(
    run: Run,
    output: Output,
    weights: Mapping[str, Array] | None = None,
    python: str | None = None,
    seconds: float | None = None,
) -> Report:
    """Run both sides, on the given weights or on random ones; the report lies beside the target. Raises Refusal.

    `python`: the interpreter that has both frameworks; `seconds`: how long each side may take.
    """
    from codegen.verification import verify_conversion
    from codegen.verify.interpreter import check_interpreter

    assert run.converted is not None and run.proof is not None
    check_interpreter(python, (run.program.framework, run.target))
    target, bind = run.directory / run.file, run.program.request.bind
    return verify_conversion(
        run.converted, run.proof, run.directory, target, bind, output.progress, weights, python=python, seconds=seconds
    )


def tell(run: Run, record: dict[str, object], report: Report | None, status: int, output: Output) -> None:
    """The outcome: one result event, or a few lines for people; every unmapped node on stderr."""
    assert run.converted is not None
    for problem in run.problems:
        output.problem(problem, fatal=status == 3 and problem.severity == "error")
    for line in summary(run, record):
        output.text(line)
    for line in report.lines() if report is not None else ():
        output.text(line)
    extra = {} if report is None else {"report": report.as_json()}
    if not output.as_json:
        return
    output.event(
        "result",
        status=status,
        directory=str(run.directory),
        conversion=record,
        **({} if run.drafted else run.shown()),
        **extra,
        **({"processor_s": output.processor_s()} if run.drafted else {}),
    )


def summary(run: Run, record: dict[str, object]) -> list[str]:
    """What was written, for people."""
    assert run.converted is not None
    nodes, sites, parameters = record["nodes"], record["sites"], record["parameters"]
    assert isinstance(nodes, dict) and isinstance(sites, dict) and isinstance(parameters, int)
    count, places = sum(nodes.values()), sum(sites.values())
    lines = [
        f"{run.directory / run.file}: {run.converted.entry}, {count_text(count, 'node')} at "
        f"{count_text(places, 'site')}, {count_text(parameters, 'parameter')}"
    ]
    for kind in ("inputs", "outputs"):
        tensors = record[kind]
        for tensor in tensors if isinstance(tensors, list) else ():
            shape = ", ".join(map(str, tensor["shape"]))
            moved = tensor["source_axes"] != tensor["target_axes"]
            order = f", stored as {tensor['target_axes']}" if moved else ""
            lines.append(f"  {kind[:-1]} {tensor['name']}: ({shape}) {tensor['dtype']}{order}")
    if nodes["unmapped"]:
        copied = run.target == run.program.framework
        what = "are copied, and nothing proves them" if copied else "raise NotImplementedError where they stand"
        lines.append(f"  {nodes['unmapped']} of {count} nodes are unmapped: they {what}")
    if record["weights"]:
        lines.append(f"  weights: {run.directory / weights_name(Path(run.program.project.source), run.target)}")
    return lines
