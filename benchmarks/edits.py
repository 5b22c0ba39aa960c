"""Edits of a program, converted by a process that remembers and from scratch: both times, and if they agree.

    python benchmarks/edits.py [--cache DIR] [--edits 20] [--seed 1]

Each edit changes one literal of torchvision's ResNet-50 or of an example, chosen at random among the arguments of calls
and elsewhere; what cannot be converted is taken back. Times are processor time from the request to the written target.
For each reason is told how often the program had to be read as a whole.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import json
import random
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from measure import machine  # noqa: E402
from torchvision_resnet import fetch  # noqa: E402

from pivot.project import Project, save_project  # noqa: E402
from studio.cli import main as command  # noqa: E402
from studio.commands import serving  # noqa: E402
from studio.commands.kept import KEPT  # noqa: E402
from studio.resources import resource  # noqa: E402

EXAMPLES = {"cifar_cnn.py": "1x3x32x32", "resnet18.py": "1x3x64x64"}
Said = tuple[int, str, dict[str, str]]


def literals(tree: ast.AST) -> Iterator[ast.Constant]:
    """Numbers and truth values."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
            yield node


def edited(text: str, chance: random.Random) -> str:
    """Another value for one literal, mostly for one that a call is given."""
    tree = ast.parse(text)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    given = [value for call in calls for value in [*call.args, *(k.value for k in call.keywords)]]
    inside = [literal for value in given for literal in literals(value) if value is literal]
    spot = chance.choice(inside if inside and chance.random() < 0.8 else list(literals(tree)))
    others = [0.1, 0.25, 3e-5] if isinstance(spot.value, float) else [1, 2, 3, 4, 16]
    other = not spot.value if isinstance(spot.value, bool) else chance.choice(others)
    lines = text.split("\n")
    line = lines[spot.lineno - 1]
    lines[spot.lineno - 1] = line[: spot.col_offset] + repr(other) + line[spot.end_col_offset :]
    return "\n".join(lines)


def converted(project: Path, out: Path) -> tuple[Said, float]:
    """All that a conversion says and writes, and its processor time to the text in ms; 0 where none came."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        status = command(["convert", str(project), "--to", "keras", "-o", str(out), "--json", "--draft"])
    times = [json.loads(line) for line in shown.getvalue().splitlines() if line.startswith('{"event": "written"')]
    files = {found.name: found.read_text(encoding="utf-8") for found in sorted(out.glob("*"))} if status != 2 else {}
    said = re.sub(r', "processor_s": [0-9.e-]+', "", shown.getvalue())
    return (status, said, files), 1e3 * times[0]["processor_s"] if times else 0.0


def measured(source: Path, model: str | None, size: str, edits: int, seed: int, folder: Path) -> int:
    """Edit one program; prints a line, and returns how many edits came out differently."""
    text, chance = source.read_text(encoding="utf-8"), random.Random(f"{source.name} {seed}")
    project, out = folder / "project.pivot", folder / "out"
    KEPT.forget()
    KEPT.counts.clear()

    def run(text: str) -> tuple[Said, float]:
        texts = {str(source): text}
        save_project(Project(str(source), model=model, inputs=(size,), texts=texts), project)
        try:
            return converted(project, out)
        finally:
            serving.prepare()

    run(text)
    differ, quick, whole = 0, list[float](), list[float]()
    for _ in range(edits):
        new, before = edited(text, chance), KEPT.counts[""]
        again, time = run(new)
        with KEPT.aside():
            scratch, other = run(new)
        differ += again != scratch
        if KEPT.counts[""] > before and time and other:
            quick.append(time)
            whole.append(other)
        if again[0] == 0:
            text = new
        else:
            run(text)
    times = f"{statistics.median(quick):.0f} ms, from scratch {statistics.median(whole):.0f} ms" if quick else "-"
    print(
        f"{source.name}: {edits} edits, {differ} differ; {len(quick)} made of the reading before: {times}", flush=True
    )
    for why, count in KEPT.counts.most_common():
        if why:
            print(f"    read as a whole {count}: {why}", flush=True)
    return differ


def main() -> int:
    """Print a line for each program; 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "pivot-studio")
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    resnet = fetch(given.cache) / "torchvision" / "models" / "resnet.py"
    programs = [(resnet, "resnet50()", "1x3x224x224")]
    programs += [(resource(f"examples/{name}"), None, size) for name, size in EXAMPLES.items()]
    print(f"edits of one literal; {machine()}")
    serving.load()
    differ = 0
    for source, model, size in programs:
        with tempfile.TemporaryDirectory(prefix="pivot-studio-bench-") as folder:
            differ += measured(source, model, size, given.edits, given.seed, Path(folder))
    return 1 if differ else 0


if __name__ == "__main__":
    raise SystemExit(main())
