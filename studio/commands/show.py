"""`pivot-studio show SRC [-o x.svg|png|dot|json]`: the network of a program, as text, drawing or data."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from codegen.picture import picture_of
from pivot.atomic import write_atomic
from pivot.problems import refuse
from pivot.reading.elaborate import elaborate
from studio.commands.drawing import dot_text, tree_lines
from studio.commands.opening import open_program, project_of
from studio.commands.output import Output
from studio.picture import parse_picture

KINDS = (".json", ".dot", ".svg", ".png")


def show(args: argparse.Namespace, output: Output) -> int:
    """Show one network. Raises Refusal."""
    output.call(args.source)
    if args.out is not None and args.out.suffix.lower() not in KINDS:
        raise refuse(
            "usage", str(args.out), 0, 0, f"this is none of {', '.join(KINDS)}", "name a file of one of these kinds"
        )
    program = open_program(project_of(args.source, args.model, args.inputs, args.bind, None), args.ops)
    output.progress("read", 0, 2)
    done = elaborate(program.request, program.dialect, program.opset)
    output.progress("draw", 1, 2)
    record = picture_of(done, problems=(*program.warnings, *done.network.problems))
    if args.out is None:
        for line in tree_lines(parse_picture(record)):
            output.text(line)
    else:
        write_out(args.out, drawn(args.out, record))
        output.text(str(args.out))
    output.event("result", status=0, picture=record)
    return 0


def drawn(path: Path, record: dict[str, object]) -> bytes:
    """The content of the file, by its suffix. Raises Refusal."""
    kind = path.suffix.lower()
    if kind == ".json":
        return (json.dumps(record, indent=1, ensure_ascii=True) + "\n").encode()
    text = dot_text(parse_picture(record))
    return text.encode("utf-8", "replace") if kind == ".dot" else rendered(text, kind[1:], path)


def rendered(text: str, kind: str, path: Path) -> bytes:
    """SVG or PNG by Graphviz. Raises Refusal where its program is missing or fails."""
    import graphviz

    try:
        made: bytes = graphviz.Source(text).pipe(format=kind)
    except graphviz.ExecutableNotFound:
        why = "the program `dot` of Graphviz is not installed"
        raise refuse("graphviz", str(path), 0, 0, why, "install Graphviz, or write a .dot file") from None
    except graphviz.CalledProcessError as error:
        why = f"Graphviz failed with status {error.returncode}"
        raise refuse("graphviz", str(path), 0, 0, why, "write a .dot file and look into it") from None
    return made


def write_out(path: Path, content: bytes) -> None:
    """Write one file whole, or leave what was there. Raises Refusal."""
    try:
        write_atomic(path, content)
    except OSError as error:
        why = f"could not be written ({error.strerror or error})"
        raise refuse("write", str(path), 0, 0, why, "free some space or choose another place") from None
