"""Reading report.json, complete or not."""

from __future__ import annotations

import pytest

from studio.report import read_report, within


def test_what_is_missing_was_not_run() -> None:
    report = read_report({})
    assert not report.equal
    assert [step.ok for step in report.steps] == [None, None, None]
    assert report.rows == ()


def test_a_run_that_compared_nothing_is_neither_equal_nor_unequal() -> None:
    none = {"outputs": [], "nodes": [], "worst": 0.0, "gate": 1e-12}
    report = read_report({"equal": False, "numbers": {"float64": none, "float32": none}, "why": "no such file"})
    assert (report.steps[2].ok, report.steps[2].text) == (None, "not run")
    assert (report.worst, report.compared) == (None, False)


def test_steps_rows_and_the_first_difference() -> None:
    place = {"file": "a.py", "line": 3, "column": 1, "end_line": 3, "end_column": 9}
    node = {"id": "n1", "op": "relu", "path": "act", "source": place, "target": None, "error": 2e-3, "max": 4.0}
    report = read_report(
        {
            "equal": False,
            "static": {"equal": True, "nodes": 1200, "why": None},
            "build": {"ok": False, "why": "no such layer"},
            "numbers": {
                "float64": {
                    "outputs": [{"name": "y", "error": "nan"}],
                    "nodes": [node],
                    "worst": "inf",
                    "gate": 1e-12,
                    "first_difference": node,
                },
                "float32": {"nodes": [node | {"error": 1e-3}], "worst": 1e-3},
                "constants": ["gelu"],
            },
        }
    )
    assert [step.ok for step in report.steps] == [True, False, False]
    assert report.steps[0].text.startswith("1,200 nodes")
    assert report.steps[1].text == "no such layer"
    assert report.rows[0].single == 1e-3
    assert report.rows[0].source is not None
    assert report.rows[1].is_output
    assert within(report.rows[1].error, report.gate) is False
    assert report.first_difference is not None
    assert report.first_difference.path == "act"
    assert report.constants == ("gelu",)


@pytest.mark.parametrize(
    ("batches", "told"),
    [
        ({"first": 1, "second": 2, "why": None}, "largest relative error 1.0e-15 in float64, batches of 1 and 2"),
        (
            {"first": 1, "second": None, "why": "the source takes only 1"},
            "largest relative error 1.0e-15 in float64; second batch: the source takes only 1",
        ),
        (None, "largest relative error 1.0e-15 in float64"),
    ],
)
def test_the_batches_that_were_compared(batches: object, told: str) -> None:
    record = {"equal": True, "numbers": {"float64": {"worst": 1e-15, "gate": 1e-12}, "batches": batches}}
    assert read_report(record).steps[2].text == told


@pytest.mark.parametrize(
    ("error", "passes"), [(None, None), (0.0, True), (1e-12, True), (1e-11, False), (float("nan"), False)]
)
def test_the_gate(error: float | None, passes: bool | None) -> None:
    assert within(error, 1e-12) is passes
