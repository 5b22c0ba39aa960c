"""Whether the time of a conversion grows in proportion to the model: 10, 100 and 1000 residual blocks.

Every block is an object of its own that the evaluator has to visit; the text written stays the same. The exponent is
the slope between two sizes in a log-log plot of processor time, less that of the smallest one: 1 is proportional.

Usage: python benchmarks/scaling.py [--repeats 3] [--blocks 10 100 1000]
"""

from __future__ import annotations

import argparse
import itertools
import math
import tempfile
from pathlib import Path

from measure import Measurement, command, machine, measure

SOURCE = '''\
"""A chain of residual blocks."""

import torch
from torch import nn


class Block(nn.Module):
    """x: (N, C, H, W) -> (N, C, H, W)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return self.relu(out + x)


class Chain(nn.Module):
    """A stem, the blocks, a linear layer."""

    def __init__(self, depth: int, channels: int = 8) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, channels, 3, padding=1)
        self.blocks = nn.ModuleList([Block(channels) for _ in range(depth)])
        self.head = nn.Linear(channels, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x.mean(dim=(2, 3)))
'''


def convert(depth: int, folder: Path, repeats: int) -> Measurement:
    """Convert a chain of `depth` blocks to Keras."""
    source = folder / "chain.py"
    source.write_text(SOURCE, encoding="utf-8")
    arguments = ["--model", f"Chain({depth})", "--input", "1x3x16x16", "--to", "keras", "-o", str(folder / "out")]
    return measure(f"{depth} blocks", [*command(), "convert", str(source), *arguments], repeats)


def main() -> None:
    """Measure each size and print how time grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--blocks", type=int, nargs="+", default=[10, 100, 1000])
    given = parser.parse_args()
    print(f"scaling of a conversion; {machine()}")
    times: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for depth in given.blocks:
            measured = convert(depth, Path(folder), given.repeats)
            print(measured)
            times.append((depth, measured.processor))
    base = times[0][1]
    for (small, first), (large, second) in itertools.pairwise(times[1:]):
        if first > base and second > base:
            exponent = math.log((second - base) / (first - base)) / math.log(large / small)
            print(f"{small} to {large} blocks: processor time grows with the power {exponent:.2f}")


if __name__ == "__main__":
    main()
