"""Does the class that was written follow its constructor's arguments as the source's class does?

    python benchmarks/constructor_arguments.py [--only REGEX] [--json FILE] [--keep DIR]

A model is converted with its default arguments; the written class is then called with the arguments of
`constructor_models/cases.toml`, gets the weights of PyTorch's model with these arguments, and is run beside it in
float64. *followed*: equal to 1e-12; *warned*: it differs or raises, and the conversion had said that this parameter
has no effect; *raises*: it raises; *silent*: it differs without a word; *refused*: it was not converted.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import tomllib
from collections import Counter
from functools import partial
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from constructor_runs import MODELS, Case, judge
from measure import machine
from sample_runs import Verdict, run_in_child

from pivot.opset import load_opset

KINDS = ("followed", "warned", "raises", "silent", "refused", "crashed")


def main() -> int:
    """Run every case and print the table; status 1 where one is silent."""
    options = arguments()
    import keras  # noqa: F401  imported once; every model is run in a fork of this process

    opset = load_opset()
    found: dict[str, list[Verdict]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for name, cases in by_model(options.only).items():
            found[name] = run_in_child(cases, partial(judge, opset), folder)
            for verdict in found[name]:
                if verdict.kind != "followed" or verdict.why:
                    print(f"{verdict.name:60} {verdict.kind}  {verdict.why[:240]}", flush=True)
    print(table(found))
    if options.json:
        rows = [{"name": v.name, "kind": v.kind, "why": v.why} for vs in found.values() for v in vs]
        Path(options.json).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return int(any(v.kind == "silent" for vs in found.values() for v in vs))


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", metavar="REGEX", help="models whose name matches, as in recurrent.Tagger")
    parser.add_argument("--json", metavar="FILE", help="write one verdict per line")
    parser.add_argument("--keep", metavar="DIR", help="keep what was written here")
    return parser.parse_args()


def by_model(only: str) -> dict[str, list[Case]]:
    """The cases of each model whose name matches."""
    table = tomllib.loads((MODELS / "cases.toml").read_text(encoding="utf-8"))
    return {
        f"{file}.{model}": [Case(file, model, spec["input"], given) for given in spec["arguments"]]
        for file, models in table.items()
        for model, spec in models.items()
        if re.search(only, f"{file}.{model}")
    }


def table(found: dict[str, list[Verdict]]) -> str:
    """A row for each file of models, and the sums."""
    rows: dict[str, Counter[str]] = {}
    for name, verdicts in found.items():
        rows.setdefault(name.partition(".")[0], Counter()).update(v.kind for v in verdicts)
    rows["**all**"] = sum(rows.values(), Counter())
    head = ["| models | cases | " + " | ".join(KINDS) + " |", "|---|--:|" + "--:|" * len(KINDS)]
    body = [
        f"| {name} | {counts.total()} | " + " | ".join(str(counts[kind]) for kind in KINDS) + " |"
        for name, counts in rows.items()
    ]
    return "\n".join([f"\n{machine()}\n", *head, *body])


if __name__ == "__main__":
    sys.exit(main())
