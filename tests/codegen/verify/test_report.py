"""report.json and report.html say the same, and hold with every outcome."""

from __future__ import annotations

import json
import math
from html.parser import HTMLParser
from pathlib import Path

import pytest

from codegen.verify.plan import Place, StaticResult
from codegen.verify.report import (
    BuildResult,
    GradientResult,
    NodeResult,
    Numbers,
    OutputResult,
    PassResult,
    Report,
    write_report,
)

SIDES = {
    "source": {"path": "/a/net<1>.py", "framework": "torch", "model": "Net(a='<x>')"},
    "target": {"path": "net_keras.py", "framework": "keras", "model": "Net()"},
}
GOOD = NodeResult("n1", "conv2d", "conv", Place("/a/net.py", 3, 1, 3, 9), Place("k.py", 4, 1, 4, 9), 1e-16, 2.0)
BAD = NodeResult("n2", "relu", "act", Place("/a/net.py", 7, 1, 7, 9), None, math.inf, 2.0, "shape 2, not 3")
EQUAL = Report(
    True,
    **SIDES,
    static=StaticResult(True, 2),
    build=BuildResult(True, ((None, 3),)),
    float64=Numbers((OutputResult("y", 2e-16, (2, 3)),), (GOOD,)),
    float32=Numbers((OutputResult("y", 3e-7, (2, 3)),)),
    passes=(
        PassResult("float64/eval/0", 2, 2e-16),
        PassResult("float64/sizes", 2, None, "the source refuses these inputs"),
    ),
    gradients=GradientResult(1e-15, 4),
    parameters=1234,
    versions={"torch": "2"},
)
DIFFERENT = Report(
    False,
    **SIDES,
    static=StaticResult(False, 2, "relu & co"),
    build=BuildResult(False, ((None, 3),), "no"),
    float64=Numbers((OutputResult("y", math.inf, (2, 3), "shape"),), (GOOD, BAD)),
    passes=(PassResult("float64/eval/0", 2, math.inf, "shape"),),
    gradients=GradientResult(None, 0, "no kernel"),
    first_difference=BAD,
    why="act differs",
)
EARLY = Report(False, **SIDES, why="the source does not run")
CONSTANTS = Report(True, **SIDES, float64=EQUAL.float64, constants=("gelu: float32",))


class Tags(HTMLParser):
    """Every tag is closed in order; nothing comes from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("report", [EQUAL, DIFFERENT, EARLY, CONSTANTS])
def test_both_files_hold_with_every_outcome(tmp_path: Path, report: Report) -> None:
    write_report(report, tmp_path)
    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    record = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert record["equal"] is report.equal
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert (tags.open, tags.links) == ([], [])
    assert "net&lt;1&gt;.py" in page
    assert "<x>" not in page
    assert ("✓ Equal" in page) is report.equal
    assert ("✗ Not proven equal" in page) is (report is EARLY)  # nothing was compared: nothing is known


def test_what_the_record_says(tmp_path: Path) -> None:
    record = EQUAL.as_json()
    assert record["static"] == {"equal": True, "nodes": 2, "why": None}
    assert record["build"] == {"ok": True, "inputs": [[None, 3]], "why": None}
    numbers = DIFFERENT.as_json()["numbers"]
    assert isinstance(numbers, dict)
    assert numbers["float64"]["worst"] is None
    assert numbers["float64"]["gate"] == 1e-12
    assert numbers["first_difference"] == {
        "id": "n2",
        "op": "relu",
        "path": "act",
        "source": {"file": "/a/net.py", "line": 7, "column": 1, "end_line": 7, "end_column": 9},
        "target": None,
        "error": None,
        "max": 2.0,
        "why": "shape 2, not 3",
    }


def test_the_verdict_in_one_sentence() -> None:
    assert EQUAL.sentence() == "Both sides compute the same: largest relative error 2.0e-16 in float64."
    assert DIFFERENT.sentence() == "Not proven equal: act differs."
    assert "up to constants that TensorFlow keeps in float32" in CONSTANTS.sentence()


def test_a_difference_is_shown_with_both_lines(tmp_path: Path) -> None:
    write_report(DIFFERENT, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "First difference" in page
    assert "net.py:7" in page
    assert "k.py:4" in page
    assert page.count('class="bad"') >= 3
    assert "prefers-color-scheme:dark" in page
