"""`pivot-studio verify DIR`: convert the project of a folder again and compare both sides, number by number."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from codegen.conversion import PROJECT, RECORD
from pivot.problems import Refusal, refuse
from pivot.project import load_project
from studio.commands.convert import verified
from studio.commands.opening import open_program
from studio.commands.output import Output
from studio.commands.running import Run, run_conversion


def verify(args: argparse.Namespace, output: Output) -> int:
    """Verify one conversion: 0 equal, 1 not equal. Raises Refusal."""
    run = converted_again(args.dir, args.ops, output, 1)
    report = verified(run, output, python=args.python, seconds=args.seconds)
    for line in report.lines():
        output.text(line)
    output.text(f"  report: {args.dir / 'report.html'}")
    output.event("result", status=0 if report.equal else 1, directory=str(args.dir), report=report.as_json())
    return 0 if report.equal else 1


def converted_again(directory: Path, ops: list[Path], output: Output, more: int) -> Run:
    """The conversion that a folder holds, made anew. Raises Refusal where it cannot be, or is not complete."""
    record = read_record(directory)
    project = load_project(directory / PROJECT)
    run = run_conversion(open_program(project, ops), directory, output, more)
    fatal = run.stopped or next((p for p in run.problems if p.severity == "error"), None)
    if run.status != 0 and fatal is not None:
        raise Refusal(fatal)
    assert run.converted is not None
    target = record.get("target")
    path = directory / str(target.get("path") if isinstance(target, dict) else run.file)
    if not path.is_file():
        raise refuse("conversion", str(path), 0, 0, "the target file is not there", "convert again")
    if path.read_text(encoding="utf-8", errors="replace") != run.converted.text:
        why = "this file is not what would be written from the source now"
        output.problem(refuse("conversion", str(path), 0, 0, why, "convert again to have it written anew").problem)
    return run


def read_record(directory: Path) -> dict[str, object]:
    """conversion.json of a folder. Raises Refusal where there is none."""
    path = directory / RECORD
    remedy = "name a folder that `pivot-studio convert` wrote"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        why = f"{RECORD} cannot be read ({error.strerror or error})"
        raise refuse("conversion", str(directory), 0, 0, why, remedy) from None
    except (ValueError, RecursionError):
        raise refuse("conversion", str(path), 1, 1, "this is no record of a conversion", remedy) from None
    if not isinstance(record, dict):
        raise refuse("conversion", str(path), 1, 1, "this is no record of a conversion", remedy)
    return record
