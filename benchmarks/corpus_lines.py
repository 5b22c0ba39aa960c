"""Generated lines per source line with PyTorch's initial values at the top of the file, and without them.

All lines, and those that are not blank: PEP 8 wants two blank ones between definitions, which many files lack.

    python benchmarks/corpus_lines.py --manifest DIR [--cache DIR] [--only REGEX]

Every PyTorch entry that `corpus.py` prepared below the cache is converted twice, `--init source` (the default) and
`--init keras`; nothing is run. Prints the medians of each set and of all.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import corpus_sides as sides  # noqa: E402

INITS = ("source", "keras")
COLUMNS = tuple(f"--init {init}{which}" for init in INITS for which in ("", ", not blank"))


def main() -> int:
    """Convert, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=HERE / ".corpus")
    parser.add_argument("--only", default="", help="a pattern that ids must contain")
    parser.add_argument("--timeout", type=int, default=120)
    options = parser.parse_args()
    cache = options.cache.resolve()
    os.environ.update(CORPUS_CACHE=str(cache / "sources"), KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3")
    sys.path.insert(1, str(options.manifest))
    sides.load_target_framework("keras")
    groups: dict[str, list[dict[str, float]]] = defaultdict(list)
    for entry, facts in sides.judge("load").entries().items():
        prepared = (sides.place(cache, entry) / "source.json").exists()
        if facts["framework"] == "torch" and facts["split"] == "dev" and prepared and re.search(options.only, entry):
            found = [ratios(entry, facts, cache, options.timeout, init) for init in INITS]
            known = {key: r for each in found for key, r in each.items()}
            if len(known) == len(COLUMNS):
                groups["/".join(entry.split("/")[:2])].append(known)
    print("| set | files | " + " | ".join(COLUMNS) + " |")
    print("|---|--:|" + "--:|" * len(COLUMNS))
    for name, rows in [*sorted(groups.items()), ("**all**", [row for group in groups.values() for row in group])]:
        print(f"| {name} | {len(rows)} | " + " | ".join(middle(rows, column) for column in COLUMNS) + " |")
    return 0


def ratios(entry: str, facts: dict[str, dict[str, str]], cache: Path, limit: int, init: str) -> dict[str, float]:
    """Generated lines per source line of one entry by column; none where nothing was written."""
    folder = sides.place(cache, entry)
    out, measures = folder / "lines", folder / "measures.json"
    measures.unlink(missing_ok=True)
    package = facts["origin"]["type"] == "pypi"
    os.environ["PIVOT_STUDIO_PACKAGES"] = "" if package else str(cache / "sources" / "pypi")
    sides.forked(lambda: sides.converted(folder, out, "keras", package, ("--init", init)), folder / "lines.log", limit)
    shutil.rmtree(out, ignore_errors=True)
    if not measures.exists():
        return {}
    facts_of = json.loads(measures.read_text())
    measures.unlink()
    counted = {f"--init {init}": facts_of["lines"], f"--init {init}, not blank": facts_of["filled"]}
    return {column: after / before for column, (before, after) in counted.items() if before}


def middle(rows: list[dict[str, float]], column: str) -> str:
    """The median of one column."""
    return f"{statistics.median(row[column] for row in rows):.2f}" if rows else ""


if __name__ == "__main__":
    sys.exit(main())
