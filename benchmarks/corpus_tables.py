"""The tables of benchmarks/RESULTS.md."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from pathlib import Path

from corpus_sides import Row, start_up_seconds
from measure import machine

VERDICTS = (
    "equal",
    "rounded",
    "raised",
    "elsewhere",
    "single",
    "close",
    "wrong",
    "unloadable",
    "refused",
    "crashed",
    "skipped",
)
EQUAL = ("equal", "rounded", "raised", "elsewhere")
"""All differences are explained to 1e-12."""
HEAD = """# Real models: {source} to {target}

Written by `python benchmarks/corpus.py --manifest DIR --to {to}`: every {source} development entry of the manifest is
run in its own framework on perturbed weights, its source text and weights are converted, and the generated {target}
model is run on the same inputs, all in float64. **equal**: relative error of all outputs <= 1e-12; rounded: <= 1e-12
once constants are rounded that TensorFlow keeps in float32 (a slope of LeakyReLU, a factor of GELU); raised: with
float64 wherever the program names float32 (in PyTorch also while it makes the model), on both sides; elsewhere: the
source's unchanged program on Keras' torch backend, where TensorFlow computes in float32 itself; numbers that are drawn
are the same constants on both sides; single: the source runs in float32 only, <= 1e-5; close: <= 1e-6; refused: the
command names the operation, the file and the line.
"""
NAMES = {"keras": "Keras", "torch": "PyTorch"}
SHARES = ("classes", "parameters", "comments", "written_comments")  # rows of earlier runs have no written_comments
SOURCES = {"keras": "torch", "torch": "keras"}  # of each target
QUALITY = """## The code

Measured where a target was written. *lines*: median of generated lines per source line, where the source is the
whole file, or, for a file of a package, the definitions that were written; *classes*: classes of which a method was
entered, that the target has too; *parameters*: constructor parameters of these, but for the `**kwargs` that only go up
to the library's own constructor; *comments*: comments inside the methods and functions that were written; *of written
statements*: those among them that speak of a statement with a counterpart (one from which a statement was written, or
that made a node or a layer), without arms that were never taken and are refused, devices, reports, initialising loops;
*transposes*: files with more transposes than their source; *batch*: equal with one row more in the batch, of those
whose source takes one row more and that are equal.
"""


def write_results(rows: list[Row], path: Path, to: str) -> None:
    """All tables, in Markdown; `to`: the framework that was written."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups["/".join(str(row["id"]).split("/")[:2])].append(row)
    named = [*sorted(groups.items()), ("**all**", rows)]
    parts = [
        HEAD.format(source=NAMES[SOURCES[to]], target=NAMES[to], to=to),
        f"{len(rows)} entries; {machine()}.",
        "",
        *verdict_table(named),
        "",
        QUALITY,
        *quality_table(named),
        "",
    ]
    parts += [*speed(rows), "", *refusals(rows)]
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def verdict_table(groups: list[tuple[str, list[Row]]]) -> list[str]:
    """How many of each verdict, per set."""
    lines = [f"| set | {' | '.join(VERDICTS)} | equal % | to 1e-12 % |", f"|---|{'--:|' * (len(VERDICTS) + 2)}"]
    for name, rows in groups:
        count = Counter(str(row["verdict"]) for row in rows)
        judged = len(rows) - count["skipped"]
        shares = [100 * sum(count[v] for v in kinds) / judged if judged else 0 for kinds in (("equal",), EQUAL)]
        cells = [*(str(count[v]) for v in VERDICTS), *(f"{share:.1f}" for share in shares)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def quality_table(groups: list[tuple[str, list[Row]]]) -> list[str]:
    """What the code is like, per set."""
    lines = [
        "| set | lines | classes % | parameters % | comments % | of written statements % | transposes | batch % |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, every in groups:
        rows = [row for row in every if "lines" in row and row["verdict"] not in ("refused", "crashed")]
        if not rows:
            continue
        ratios = [b / a for a, b in (row["lines"] for row in rows) if a]  # type: ignore[misc]
        batch = [bool(row["batch"]) for row in rows if "batch" in row]
        cells = [
            f"{statistics.median(ratios):.2f}" if ratios else "",
            *(share([row[key] for row in rows if key in row]) for key in SHARES),
            str(sum(bool(row["transposes"]) for row in rows)),
            f"{100 * sum(batch) / len(batch):.1f}" if batch else "",
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def share(pairs: list[object]) -> str:
    """Kept of all, in per cent."""
    kept, every = (sum(pair[k] for pair in pairs) for k in (0, 1))  # type: ignore[index]
    return f"{100 * kept / every:.1f}" if every else ""


def speed(rows: list[Row]) -> list[str]:
    """Processor time of conversions: the work itself, and the start of the process on top."""
    times = sorted((float(str(row["seconds"])), str(row["id"])) for row in rows if "seconds" in row)
    if not times:
        return []
    start = start_up_seconds()
    every = [t for t, _ in times]
    at = every[min(len(every) - 1, int(0.95 * len(every)))]
    slow = [f"{name} {t + start:.1f}" for t, name in reversed(times) if t + start > 1]
    return [
        "## Speed",
        "",
        f"Processor time of reading, writing and proving one file: median {statistics.median(every):.2f} s, "
        f"95th percentile {at:.2f} s, longest {every[-1]:.2f} s; the start of the process takes {start:.2f} s more.",
        "",
        f"Above 1 s with it: {', '.join(slow) or 'none'}.",
    ]


def refusals(rows: list[Row]) -> list[str]:
    """What is not equal, with the reason."""
    lines = ["## What is not equal", ""]
    for row in sorted(rows, key=lambda r: str(r["id"])):
        if row["verdict"] not in ("equal", "skipped"):
            why = str(row.get("why", row.get("error", ""))).replace("|", "\\|")
            for piece in why.split():
                if piece.startswith("/") and ":" in piece:
                    why = why.replace(piece, piece.rsplit("/", 1)[-1])
            lines.append(f"- {row['id']}: {row['verdict']}: {why[:240]}")
    return lines
