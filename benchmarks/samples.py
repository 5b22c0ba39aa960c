"""How much of PyTorch's own test samples converts: every module and functional, equal in float64 or refused.

    python benchmarks/samples.py [--only REGEX] [--samples 6] [--list-refused] [--keep DIR] [--json FILE]

Each sample of `module_db` and of the functionals in `op_db` becomes a small model in source text, is converted, and
both sides are run on the sample's numbers. What no model can say is left out, and counted with its reason.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from functools import partial
from itertools import groupby
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sample_runs import Verdict, judge, run_in_child
from sample_sources import Sample, samples

from pivot.opset import load_opset

KINDS = ("equal", "elsewhere", "rounded", "close", "wrong", "unloadable", "refused", "crashed")


def main() -> int:
    """Run everything and print the table; status 1 where something is wrong."""
    options = arguments()
    import keras  # noqa: F401  imported once; every operation is run in a fork of this process

    opset = load_opset()
    found: dict[str, list[Verdict]] = {}
    left_out: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for op, group in groupby(samples(options.samples, options.only), key=lambda sample: sample.op):
            given = list(group)
            left_out.update(sample.left_out for sample in given if sample.left_out)
            verdicts = run_in_child(sayable(given), partial(judge, opset), folder)
            left_out.update(v.why.partition(":")[0] for v in verdicts if v.kind == "left out")
            found[op] = [v for v in verdicts if v.kind != "left out"]
            show(op, found[op], options.list_refused)
    for title, chosen in (
        ("modules", [v for op, vs in found.items() if "functional" not in op for v in vs]),
        ("functionals", [v for op, vs in found.items() if "functional" in op for v in vs]),
    ):
        total(title, chosen)
    print(f"left out: {sum(left_out.values())}")
    for reason, count in left_out.most_common():
        print(f"  {count:5} {reason}")
    if options.json:
        rows = [{"name": v.name, "kind": v.kind, "why": v.why} for vs in found.values() for v in vs]
        Path(options.json).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return int(any(v.kind == "wrong" for vs in found.values() for v in vs))


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", metavar="REGEX", help="operations whose name matches")
    parser.add_argument("--samples", type=int, default=6, help="at most so many per operation, differing in arguments")
    parser.add_argument("--list-refused", action="store_true", help="every sample that is not equal, and why")
    parser.add_argument("--keep", metavar="DIR", help="keep sources, targets and tracebacks here")
    parser.add_argument("--json", metavar="FILE", help="write one verdict per line")
    return parser.parse_args()


def sayable(given: Iterable[Sample]) -> list[Sample]:
    """The samples that have a source text."""
    return [sample for sample in given if not sample.left_out]


def show(op: str, verdicts: list[Verdict], listed: bool) -> None:
    """One line of the table, and with `listed` every sample that is not equal."""
    counts = Counter(v.kind for v in verdicts)
    if verdicts:
        print(f"{op:48} " + "  ".join(f"{kind} {counts[kind]}" for kind in KINDS if counts[kind]), flush=True)
    for verdict in verdicts if listed else ():
        if verdict.kind != "equal":
            print(f"    {verdict.name} {verdict.kind}: {verdict.why[:300]}")


def total(title: str, verdicts: list[Verdict]) -> None:
    """The sums of one group."""
    counts = Counter(v.kind for v in verdicts)
    if verdicts:
        sums = ", ".join(f"{counts[kind]} {kind}" for kind in KINDS)
        print(f"{title}: {len(verdicts)} samples, {100 * counts['equal'] / len(verdicts):.1f} % equal ({sums})")


if __name__ == "__main__":
    sys.exit(main())
