"""`pivot-studio ops`: the operations that are known, with their forms; `--missing keras`: those without, and why."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from pivot.op import Op
from pivot.opset import load_opset
from studio.commands.output import Output

FRAMEWORKS = ("torch", "keras", "flax")


def ops(args: argparse.Namespace, output: Output) -> int:
    """List ops. Raises Refusal where an op file is wrong."""
    known = load_opset(args.ops)
    listed = sorted(known.ops.values(), key=lambda op: (op.family, op.name))
    if args.missing:
        listed = [op for op in listed if not op.forms.get(args.missing)]
    for line in missing_lines(listed, args.missing) if args.missing else op_lines(listed):
        output.text(line)
    output.event("result", status=0, ops=[record(op) for op in listed])
    return 0


def op_lines(listed: list[Op]) -> Iterator[str]:
    """Ops by family, with how each framework spells them."""
    family = ""
    for op in listed:
        if op.family != family:
            family = op.family
            yield f"{family}"
        yield f"  {op.name:<24} {op.title}" + (f"  ({op.origin})" if op.origin != "builtin" else "")
        for framework, names in spellings(op).items():
            yield f"      {framework:<6} {', '.join(names)}"
    yield f"{len(listed)} ops"


def missing_lines(listed: list[Op], framework: str) -> Iterator[str]:
    """Ops that a framework lacks, with the reason that the op file gives."""
    for op in listed:
        yield f"{op.family}/{op.name}: {reasons(op).get(framework, 'no reason is given')}"
    yield f"{len(listed)} ops have no {framework} form"


def spellings(op: Op) -> dict[str, list[str]]:
    """Framework -> how its forms are written, in the order in which they are tried."""
    found: dict[str, list[str]] = {}
    for framework in FRAMEWORKS:
        names = ["(decomposition)" if form.spelling == "body" else form.pattern for form in op.forms.get(framework, ())]
        if names:
            found[framework] = list(dict.fromkeys(names))
    return found


def reasons(op: Op) -> dict[str, str]:
    """Frameworks that the op file does without, with the reason: comments `# missing keras: reason`."""
    text = Path(op.path).read_text(encoding="utf-8")
    return dict(re.findall(r"^# missing (\w+): (\S.*)$", text, re.MULTILINE))


def record(op: Op) -> dict[str, object]:
    """One op as JSON."""
    return {
        "op": op.name,
        "title": op.title,
        "family": op.family,
        "origin": op.origin,
        "law": op.law,
        "inputs": list(op.inputs),
        "outputs": list(op.outputs),
        "params": {name: str(spec.type) for name, spec in op.params.items()},
        "forms": spellings(op),
        "missing": reasons(op),
    }
