"""Builders are found by their text, and rows become a table that says what has no number."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "benchmarks"))
import applications


def test_every_public_builder_is_found_with_the_least_size_it_takes() -> None:
    found = {one.name: one for one in applications.builders()}
    assert len(found) >= 40
    least = {name: found[name].least for name in ("ResNet50V2", "MobileNetV3Small", "InceptionV3", "Xception")}
    assert least == {"ResNet50V2": 32, "MobileNetV3Small": 32, "InceptionV3": 75, "Xception": 71}
    assert found["ResNet50V2"].call(32).startswith("ResNet50V2(weights=None, input_shape=(32, 32, 3), classes=10")


def test_the_table_names_what_failed_and_what_was_not_run() -> None:
    rows = [
        applications.Row("A", 32, "equal", 1e-15, nodes=3, lines=9, moved=0.5, own=2e-16),
        applications.Row("B", 32, why="status 2: no"),
        applications.Row("C", 32, "close", 1.5e-9, 2e-15, "2e-15 with TensorFlow's own rounding"),
    ]
    text = "\n".join(applications.table(rows, ["A", "B", "C", "D"]))
    assert "| A | 32 | 3 | 0 | 9 | equal | 1.0e-15 | 5e-01 | 2e-16 | 1 |" in text
    assert "1.5e-09 (constants in float64: 2.0e-15)" in text
    assert "- B: status 2: no" in text
    assert text.endswith("1 of 4 equal; not run: D")
