"""How long converting torchvision's ResNet-50 takes, as a whole process, and against other converters.

Peers are measured where `make bench-peers` could install them. They trace a running model, so their time contains
importing PyTorch and TensorFlow; that is what a person waits for, and it is what is compared. Their result is a saved
model, ours is source code; the row "with weights" converts a checkpoint as well, as they do.

Usage: python benchmarks/convert_resnet50.py [--cache DIR] [--repeats 5] [--peer-repeats 1]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measure import Measurement, command, machine, measure, run_once
from torchvision_resnet import fetch

HERE = Path(__file__).resolve().parent
PEERS = ("nobuco", "onnx2tf")
ENTRY = ["--model", "resnet50()", "--input", "1x3x224x224", "--to", "keras"]


def ours(source: Path, cache: Path, work: Path, repeats: int) -> list[Measurement]:
    """Code only, and code with a checkpoint."""
    checkpoint = cache / "resnet50.pt"
    if not checkpoint.exists():
        run_once([sys.executable, str(HERE / "torchvision_resnet.py"), str(source), str(checkpoint)])
    convert = [*command(), "convert", str(source / "torchvision" / "models" / "resnet.py"), *ENTRY, "-o", str(work)]
    return [
        measure("pivot-studio, code", convert, repeats),
        measure("pivot-studio, with weights", [*convert, "--weights", str(checkpoint)], repeats),
    ]


def peer(name: str, source: Path, work: Path, repeats: int) -> Measurement | None:
    """One other converter in its own environment, or None where it is not installed."""
    python = HERE / ".peers" / name / "bin" / "python"
    if not python.exists():
        return None
    script = HERE / "peers" / f"run_{name}.py"
    return measure(name, [str(python), str(script), str(source), str(work)], repeats, cwd=work, warm=repeats > 1)


def main() -> None:
    """Measure and print one line per converter, then the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "pivot-studio")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--peer-repeats", type=int, default=1, help="one run of each may take minutes")
    given = parser.parse_args()
    source = fetch(given.cache)
    print(f"convert torchvision ResNet-50; {machine()}")
    with tempfile.TemporaryDirectory() as folder:
        mine = ours(source, given.cache, Path(folder) / "ours", given.repeats)
        for measurement in mine:
            print(measurement)
        for name in PEERS:
            work = Path(folder) / name
            work.mkdir()
            measured = peer(name, source, work, given.peer_repeats)
            if measured is None:
                print(f"{name:28} not installed: make bench-peers")
                continue
            print(measured)
            slower, dearer = measured.wall / mine[1].wall, measured.processor / mine[1].processor
            print(f"{'':28} {slower:8.1f} times ours with weights, {dearer:.1f} times the processor time")


if __name__ == "__main__":
    main()
