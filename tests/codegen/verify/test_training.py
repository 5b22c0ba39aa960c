"""One step in training mode: outputs of its own, and the statistics that it moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from programs import make_plan

from codegen.verify.judge import Ran
from codegen.verify.report import OutputResult
from codegen.verify.training import compare_statistics, judge_training

BEFORE = {"norm.running_mean": np.zeros(3), "norm.weight": np.ones(3)}


def carry(state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {"norm/vars/2": state["norm.running_mean"], "norm/vars/0": state["norm.weight"]}


def stepped(mean: float, key: str) -> dict[str, np.ndarray]:
    return {f"s:{key}": np.full(3, mean)}


SOURCE = stepped(0.25, "norm.running_mean")


def test_statistics_are_carried_over_like_weights(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, carrier=carry)
    assert compare_statistics(plan, SOURCE, stepped(0.25, "norm/vars/2"), BEFORE) == (0.0, "", 1)
    error, where, count = compare_statistics(plan, SOURCE, stepped(0.2, "norm/vars/2"), BEFORE)
    assert (round(error, 3), where, count) == (0.2, "norm/vars/2", 1)


def test_a_difference_is_named_and_a_refusal_is_none(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, carrier=carry)
    good = (OutputResult("aux", 0.0, (2, 3)),)
    target = Ran(stepped(0.2, "norm/vars/2"))
    found = judge_training(plan, Ran(SOURCE), [target], good, BEFORE, None)
    assert not found.equal
    assert found.why == "the running statistics of norm/vars/2 differ: relative error 2.0e-01"
    refused = judge_training(plan, Ran(None, "a batch of one"), [target], (), BEFORE, None)
    assert (refused.equal, refused.error) == (True, None)
    assert refused.why == "the source refuses to train on these inputs: a batch of one"


def test_an_output_that_differs_counts_and_definitions_are_listed(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, carrier=carry)
    bad = (OutputResult("aux", 0.5, (2, 3), "elsewhere"),)
    found = judge_training(plan, Ran(SOURCE), [Ran(stepped(0.25, "norm/vars/2"))], bad, BEFORE, 4 / 3)
    assert (found.equal, found.why) == (False, "aux: elsewhere")
    assert found.as_json()["differences"] == [
        "running variances take the unbiased variance of a batch in PyTorch and the biased one in Keras: "
        "up to 1.33333 times as much in one step"
    ]
