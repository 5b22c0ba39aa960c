"""How much of what Keras' own layer tests ask for converts: every layer and its arguments, equal in float64 or refused.

    python benchmarks/keras_layers.py [--tests DIR] [--only REGEX] [--list] [--keep DIR] [--json FILE]

The `run_layer_test` calls in the tests of a Keras package (the installed one, or an unpacked one in `DIR`) are read by
syntax tree; each becomes a program of one layer, is run in Keras with weights away from their initial values, converted
by the command, and the PyTorch module is run on the same inputs. What no program can say is counted with its reason.
Where TensorFlow rounds by itself, constants or all of an operation that it has in float32 only, the unchanged program
is run again on another backend of Keras that is installed (torch, jax), in float64: "elsewhere" is equal to that;
"rounded" is not, or does not run there, and is equal but for the rounding. `--list` shows the errors.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import tempfile
from collections import Counter
from itertools import groupby
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from keras_layer_runs import judge, on_other_backends
from keras_layer_sources import cases
from sample_runs import Verdict, run_in_child
from samples import show, total


def main() -> int:
    """Run everything and print the table; status 1 where something is wrong."""
    options = arguments()
    found: list[Verdict] = []
    left_out: Counter[str] = Counter()
    import keras  # noqa: F401  imported once; every file of tests is run in a fork of this process
    import torch  # noqa: F401

    import studio.commands.convert  # noqa: F401

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for file, group in groupby(cases(options.tests, options.only), key=lambda case: case.name.partition(":")[0]):
            given = list(group)
            left_out.update(case.left_out for case in given if case.left_out)
            verdicts = run_in_child([case for case in given if not case.left_out], judge, folder)
            left_out.update(v.why.partition(":")[0] for v in verdicts if v.kind == "left out")
            kept = [v for v in verdicts if v.kind != "left out"]
            on_other_backends(kept, folder)
            show(file.rpartition("/")[2].removesuffix("_test"), kept, options.list)
            found += kept
    total("layer tests", found)
    print(f"left out: {sum(left_out.values())}")
    for reason, count in left_out.most_common():
        print(f"  {count:5} {reason}")
    if options.json:
        rows = [{"name": v.name, "kind": v.kind, "why": v.why} for v in found]
        Path(options.json).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return int(any(v.kind == "wrong" for v in found))


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tests", type=Path, default=installed(), metavar="DIR", help="the folder of a Keras package")
    parser.add_argument("--only", default="", metavar="REGEX", help="files of tests whose path matches")
    parser.add_argument("--list", action="store_true", help="every case that is not equal, and why")
    parser.add_argument("--keep", metavar="DIR", help="keep sources, targets and tracebacks here")
    parser.add_argument("--json", metavar="FILE", help="write one verdict per line")
    return parser.parse_args()


def installed() -> Path:
    """The folder of the installed Keras, found without importing it."""
    spec = importlib.util.find_spec("keras")
    if spec is None or spec.origin is None:
        raise SystemExit("Keras is not installed: install it, or give a folder with --tests DIR")
    return Path(spec.origin).parent


if __name__ == "__main__":
    sys.exit(main())
