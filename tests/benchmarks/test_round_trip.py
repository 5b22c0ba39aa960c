"""Examples come back from the other framework as the network that they were."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pivot.opset import OpSet, load_opset

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "benchmarks"))
import round_trip

SLOW = {"mobilenet_v2", "resnet18", "vgg16", "unet"}
NAMES = [m.name for m in round_trip.models(None) if m.name.startswith("examples/") and m.path.stem not in SLOW]


@pytest.fixture(scope="module")
def opset() -> OpSet:
    return load_opset()


def test_there_are_examples_of_both_frameworks() -> None:
    assert {name.split("/")[1] for name in NAMES} == {"torch", "keras"} and len(NAMES) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_an_example_comes_back(name: str, tmp_path: Path, opset: OpSet) -> None:
    model = next(m for m in round_trip.models(None) if m.name == name)
    row = round_trip.sent(model, tmp_path, opset)
    assert (row.same, row.there, row.back) == ("", "", "")
