"""How much of real source converts to the other framework: equal in float64, refused, or wrong; what the code is like.

    python benchmarks/corpus.py --manifest DIR [--to keras|torch] [--cache DIR] [--only REGEX] [--sample N] [--jobs N]

`DIR` holds a manifest of models with its judge: `corpus.jsonl`, `load.py` (brings and builds an entry) and `score.py`
(compares). The source side of every development entry is run once and kept below the cache; then every entry is
converted in a fork of this process and the target is run in another. Rows are kept in `rows.jsonl` below the cache, so
a run that was cut off goes on; `--again` begins anew. The tables go to `benchmarks/RESULTS.md`, those of Keras sources
(`--to torch`) to `benchmarks/RESULTS_KERAS.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import corpus_sides as sides  # noqa: E402
from corpus_tables import SOURCES, write_results  # noqa: E402


def main() -> int:
    """Prepare, convert, run, write the tables; status 1 where something is wrong or crashed."""
    options = arguments()
    os.environ.update(
        OMP_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="",
        PYTHONDONTWRITEBYTECODE="1", CORPUS_CACHE=str(options.cache / "sources"),
    )  # fmt: skip
    sys.path.insert(1, str(options.manifest))
    ids = chosen(options)
    print(f"{len(ids)} entries", flush=True)
    sides.prepare(ids, options.cache, options.timeout, SOURCES[options.to])
    rows_file = options.cache / "rows.jsonl"
    if options.again:
        rows_file.unlink(missing_ok=True)
    done = {row["id"] for row in read_rows(rows_file)}
    left = [i for i in ids if i not in done]
    workers = [start_worker(left[k :: options.jobs], options, rows_file) for k in range(options.jobs)]
    for worker in workers:
        os.waitpid(worker, 0)
    wanted = set(ids)
    rows = [row for row in read_rows(rows_file) if row["id"] in wanted]
    write_results(rows, options.results, options.to)
    bad = [row for row in rows if row["verdict"] in ("wrong", "crashed")]
    print(f"{sum(r['verdict'] == 'equal' for r in rows)} of {len(rows)} equal; {options.results} written")
    return 1 if bad else 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--to", choices=sorted(SOURCES), default="keras", help="the framework that is written")
    parser.add_argument("--cache", type=Path, default=HERE / ".corpus")
    parser.add_argument("--only", default="", help="a pattern that ids must contain")
    parser.add_argument("--sample", type=int, help="so many entries, drawn the same way every time")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=int, default=180, help="seconds for each side of one entry")
    parser.add_argument("--again", action="store_true", help="forget the rows of earlier runs")
    parser.add_argument("--results", type=Path)
    options = parser.parse_args()
    options.results = options.results or HERE / ("RESULTS.md" if options.to == "keras" else "RESULTS_KERAS.md")
    options.cache = options.cache.resolve()
    options.cache.mkdir(parents=True, exist_ok=True)
    return options


def chosen(options: argparse.Namespace) -> list[str]:
    """Ids of the development entries of the source's framework that run and that are asked for."""
    wanted = {"keras": ("torch",), "torch": ("keras", "tensorflow")}[options.to]
    ids = [
        i
        for i, e in sides.judge("load").entries().items()
        if e["framework"] in wanted and e.get("runs", True) and e["split"] == "dev" and re.search(options.only, i)
    ]
    return random.Random(0).sample(ids, min(options.sample, len(ids))) if options.sample else ids


def read_rows(path: Path) -> list[dict[str, object]]:
    """What earlier runs found."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def start_worker(ids: list[str], options: argparse.Namespace, rows: Path) -> int:
    """Fork a process that judges some entries one after the other, and return its id."""
    sys.stdout.flush()
    worker = os.fork()
    if worker:
        return worker
    status = 1
    try:
        sides.load_target_framework(options.to)
        for i in ids:
            row = sides.judged(i, options.cache, options.timeout, options.to)
            with rows.open("a") as stream:
                stream.write(json.dumps(row) + "\n")
            print(
                f"{row['verdict']:10} {row.get('seconds', 0):6} {i} {row.get('error', row.get('why', ''))}", flush=True
            )
        status = 0
    except BaseException:  # noqa: BLE001  the fork ends here, and says why
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
