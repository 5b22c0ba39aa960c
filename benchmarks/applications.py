"""Every builder of keras.applications, read as text where Keras is installed, against the PyTorch module from it.

    python benchmarks/applications.py [NAME ...] [--size N] [--list] [--rows FILE] [--limit SECONDS] [--keep DIR]

Each model is built by Keras with new weights, 10 classes and its top (without the softmax, whose results would be close
to 0 and 1), its biases and statistics moved away from their start; the command converts the file of the installed
package and these weights; both sides run on two images of noise in float64. The images have the least size that the
builder takes, unless `--size` gives another. Every side of a model has a process of its own, so that its memory ends
with it; one that fails or takes longer than the limit is a row that says so.

Two numbers say what the test is worth: how far the results of the two images are apart, and how far the module's own
result moves when the images move by one unit in the last place: no error can be much less. Where that is more than the
gate, as in the deepest networks with new weights, a quarter is taken off the scales of the norms and all is done again.
A model that is not equal is compared twice more: with constants inside of TensorFlow's functions in float64 (that of
GELU comes by way of float32), and with a module that rounds its constants as TensorFlow does. Both are printed, too.
`--rows FILE` appends one JSON object per model, and the table is of all rows in the file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from application_sides import BUILT, GATE, Builder, compare_sides, run_source  # noqa: E402

CLOSE = 1e-6
LEAST_SCALE = 0.2
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
}


@dataclass(slots=True)
class Row:
    """One model: `error` is relative, in float64, against TensorFlow; `why` is one line where there is none.

    `exact` is the error against TensorFlow with its own constants in float64, `rounded` the one with its rounding;
    `moved`: how far the results of the two images are apart, relative to the largest: 0 would test nothing; `own`: how
    far the module's result moves with the last place of the images, with the scales of norms times `scale`.
    """

    name: str
    size: int
    verdict: str = "failed"
    error: float | None = None
    exact: float | None = None
    rounded: str = ""
    moved: float = 0.0
    own: float = 0.0
    scale: float = 1.0
    nodes: int = 0
    unmapped: int = 0
    lines: int = 0
    parameters: int = 0
    seconds: float = 0.0
    why: str = ""


class Failed(Exception):
    """A process that did not do its part; the text is one line."""


def main() -> int:
    """Run what is asked for and print the table; status 1 where a model is not equal."""
    options = arguments()
    if options.side is not None:
        return side(options)
    known = list(builders())
    names = [one.name for one in known]
    unknown = [name for name in options.names if name not in names]
    if unknown:
        raise SystemExit(f"{', '.join(unknown)}: no builder of keras.applications; there are {', '.join(names)}")
    rows: list[Row] = []
    for one in known:
        if options.names and one.name not in options.names:
            continue
        if options.list:
            print(f"{one.name:20} {one.path.name:22} least size {one.least}")
            continue
        with tempfile.TemporaryDirectory() as scratch:
            folder = (options.keep / one.name).resolve() if options.keep else Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            rows.append(measured(one, options.size or one.least, folder, options.limit))
        print(said(rows[-1]), flush=True)
        if options.rows is not None:
            with options.rows.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(rows[-1])) + "\n")
    if options.rows is not None and options.rows.exists():
        rows = stored(options.rows, names)
        print("\n".join(table(rows, names)))
    return int(any(row.verdict != "equal" for row in rows))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="builders; default: all")
    parser.add_argument("--size", type=int, help="height and width of the images")
    parser.add_argument("--list", action="store_true", help="print the builders and run nothing")
    parser.add_argument("--rows", type=Path, metavar="FILE", help="append rows here; the table is of all of them")
    parser.add_argument("--limit", type=int, default=900, metavar="SECONDS", help="for one side of one model")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep what was written, and the references, here")
    parser.add_argument("--side", choices=("source", "target"), help=argparse.SUPPRESS)
    parser.add_argument("--scale", type=float, default=1.0, help=argparse.SUPPRESS)
    parser.add_argument("--exact", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def side(options: argparse.Namespace) -> int:
    """What a process of its own does for one model; its last line is a JSON object."""
    (name,), folder = options.names, options.folder
    if options.side == "source":
        one = next(one for one in builders() if one.name == name)
        print(json.dumps(run_source(one, options.size, folder, options.exact, options.scale)))
    else:
        print(json.dumps(compare_sides(folder)))
    return 0


# ------------------------------------------------------------------------------------------- which models there are
def builders() -> Iterator[Builder]:
    """The exported builders, family by family; the package is found, not imported."""
    import ast

    spec = find_spec("keras")
    if spec is None or spec.origin is None:
        raise SystemExit("Keras is not installed: install it")
    folder = Path(spec.origin).parent / "src" / "applications"
    least = {path.stem: least_size(path) for path in folder.glob("*.py")}
    for path in sorted(folder.glob("*.py")):
        if path.stem.endswith("_test"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = [alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]
        size = max((least[stem] for stem in (path.stem, *used) if stem in least), default=0) or 32
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name[0].isupper():
                if any("keras_export" in ast.unparse(found) for found in node.decorator_list):
                    yield Builder(node.name, path, size)


def least_size(path: Path) -> int:
    """The literal `min_size` of a file; 0 where it has none."""
    import ast

    words = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.keyword))
    values = [w.value.value for w in words if w.arg == "min_size" and isinstance(w.value, ast.Constant)]
    return max((value for value in values if isinstance(value, int)), default=0)


# ------------------------------------------------------------------------------------------------------- one model
def measured(one: Builder, size: int, folder: Path, limit: int) -> Row:
    """The row of a model."""
    row, begun = Row(one.name, size), time.monotonic()
    try:
        while True:
            source(one, size, folder, limit, row)
            convert(one, size, folder, limit, row)
            found = process(["--side", "target", one.name, "--folder", str(folder)], limit)
            row.error, row.moved, row.own = found["error"], found["moved"], found["own"]
            if row.own <= GATE or row.scale < LEAST_SCALE:
                break
            row.scale = round(0.75 * row.scale, 3)
            for path in (*folder.glob("*.npy"), folder / BUILT):
                path.unlink()
        row.verdict = "equal" if row.error <= GATE else "close" if row.error <= CLOSE else "wrong"
        if row.verdict == "close":
            row.rounded = found["rounded"]
            source(one, size, folder, limit, row, "--exact")
            row.exact = process(["--side", "target", one.name, "--folder", str(folder)], limit)["error"]
    except Failed as no:
        row.why = str(no)
    row.seconds = round(time.monotonic() - begun, 1)
    return row


def source(one: Builder, size: int, folder: Path, limit: int, row: Row, *more: str) -> None:
    """Weights, inputs and outputs of the Keras model, into the folder."""
    given = [
        "--side",
        "source",
        one.name,
        "--size",
        str(size),
        "--folder",
        str(folder),
        "--scale",
        str(row.scale),
        *more,
    ]
    row.parameters = process(given, limit)["parameters"]


def convert(one: Builder, size: int, folder: Path, limit: int, row: Row) -> None:
    """What the command writes, into `out` of the folder."""
    said = run(
        [sys.executable, "-m", "studio", "convert", str(one.path), "--to", "torch", "--model", one.call(size),
         "--weights", str(folder / BUILT), "-o", str(folder / "out")], limit,
    )  # fmt: skip
    facts = json.loads((folder / "out" / "conversion.json").read_text(encoding="utf-8"))
    row.nodes, row.unmapped = facts["nodes"]["mapped"], facts["nodes"]["unmapped"]
    row.lines = len((folder / "out" / facts["target"]["path"]).read_text(encoding="utf-8").splitlines())
    (folder / "convert.txt").write_text(said, encoding="utf-8")


def process(given: list[str], limit: int) -> dict:
    """The JSON object that a side of this file prints last."""
    said = run([sys.executable, str(Path(__file__).resolve()), *given], limit)
    return json.loads(said.strip().splitlines()[-1])


def run(command: list[str], limit: int) -> str:
    """What a process printed; `Failed` with its last line where it failed."""
    path = {"PYTHONPATH": str(HERE.parent)}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=limit,
            env={**os.environ, **ENVIRONMENT, **path},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Failed(f"longer than {limit} s: {' '.join(command[1:4])}") from None
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or f"status {done.returncode}").splitlines()[-1]
        raise Failed(f"status {done.returncode}: {last}"[:300])
    return done.stdout


# ---------------------------------------------------------------------------------------------------------- tables
def said(row: Row) -> str:
    """One line about a model, while others run."""
    if row.error is None:
        return f"{row.name:20} {row.size:4} {row.verdict}: {row.why}  ({row.seconds} s)"
    more = "" if row.exact is None else f"; with TensorFlow's constants in float64 {row.exact:.1e}; {row.rounded}"
    facts = f"{row.nodes} nodes, {row.unmapped} unmapped, {row.lines} lines, apart {row.moved:.0e}, own {row.own:.0e}"
    facts += f", scale {row.scale:g}" if row.scale != 1 else ""
    return f"{row.name:20} {row.size:4} {row.verdict} {row.error:.1e} ({facts}, {row.seconds} s){more}"


def stored(path: Path, names: list[str]) -> list[Row]:
    """The latest row of every model in a file, in the order of the builders."""
    known = {field.name for field in fields(Row)}
    latest: dict[str, Row] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        latest[values["name"]] = Row(**{key: value for key, value in values.items() if key in known})
    return [latest[name] for name in names if name in latest]


def table(rows: Iterable[Row], names: list[str]) -> Iterator[str]:
    """Markdown: one line per model, then what has no number and why."""
    shown = list(rows)
    yield "| model | pixels | nodes | unmapped | lines | verdict | error | images apart | own rounding | scale |"
    yield "|---|--:|--:|--:|--:|---|--:|--:|--:|--:|"
    for row in shown:
        error = "" if row.error is None else f"{row.error:.1e}"
        if row.exact is not None:
            error += f" (constants in float64: {row.exact:.1e})"
        facts = (
            row.name,
            row.size,
            row.nodes,
            row.unmapped,
            row.lines,
            row.verdict,
            error,
            f"{row.moved:.0e}",
            f"{row.own:.0e}",
            f"{row.scale:g}",
        )
        yield f"| {' | '.join(map(str, facts))} |"
    yield ""
    yield from (f"- {row.name}: {row.rounded or row.why}" for row in shown if row.verdict != "equal")
    missing = [name for name in names if name not in {row.name for row in shown}]
    equal = sum(row.verdict == "equal" for row in shown)
    yield f"{equal} of {len(names)} equal" + (f"; not run: {', '.join(missing)}" if missing else "")


if __name__ == "__main__":
    sys.exit(main())
