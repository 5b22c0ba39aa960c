"""Which difference is one, and which a framework's constant explains."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from programs import make_plan, node

from codegen.verify.judge import Pass, Ran, judge, passes_of, responsible_constants
from codegen.verify.plan import OutputSpec, VerificationPlan

X = np.linspace(-1, 1, 24).reshape(1, 2, 3, 4)
ONE = Pass("float64/eval/0", "float64", "eval", 0, record=True)


def plan(folder: Path, op: str = "gelu") -> VerificationPlan:
    nodes = (node("a", "conv2d", "conv", "conv", (0, 3, 1, 2)), node("b", op, "act", "act", None))
    return make_plan(folder, nodes=nodes, outputs=(OutputSpec("y", "N C H W", "N H W C"),))


def ran(output: float = 0.0, conv: float = 0.0, act: float = 0.0, *, target: bool = True) -> Ran:
    """One side's arrays, each off by a relative error; the target's are channels last."""
    turn = (0, 2, 3, 1) if target else (0, 1, 2, 3)
    arrays = {"o0": (X + output).transpose(turn), "=conv#0.0": (X + conv).transpose(turn), "=act#0.0": X + act}
    return Ran(arrays)


SOURCE = {ONE.name: ran(target=False)}


def test_outputs_and_nodes_in_their_own_orders(tmp_path: Path) -> None:
    found = judge(plan(tmp_path), [(ONE, 1)], SOURCE, [{ONE.name: ran()}])
    assert (found.float64.worst, found.first_difference) == (0.0, None)
    assert [one.id for one in found.float64.nodes] == ["a", "b"]
    off = judge(plan(tmp_path), [(ONE, 1)], SOURCE, [{ONE.name: ran(1e-6, 0, 1e-7)}])
    assert getattr(off.first_difference, "id", None) == "b"
    assert off.passes[0].error is not None
    assert 0.9e-6 < off.passes[0].error < 1.1e-6


def test_a_target_that_did_not_run_or_has_other_outputs(tmp_path: Path) -> None:
    failed = judge(plan(tmp_path), [(ONE, 1)], SOURCE, [{ONE.name: Ran(None, "no kernel")}])
    assert (failed.float64.outputs[0].error, failed.float64.outputs[0].why) == (math.inf, "no kernel")
    more = Ran({**(ran().arrays or {}), "o1": X})
    found = judge(plan(tmp_path), [(ONE, 1)], SOURCE, [{ONE.name: more}])
    assert found.float64.outputs[0].why == "1 outputs became 2"
    refused = judge(plan(tmp_path), [(ONE, 1)], {ONE.name: Ran(None, "too small")}, [{ONE.name: ran()}])
    assert (refused.passes[0].error, refused.passes[0].why) == (None, "the source refuses these inputs: too small")


def constants(folder: Path, op: str, tensorflow: Ran, torch: Ran, framework: str = "torch") -> tuple[str, ...]:
    one = plan(folder, op)
    one = replace(one, source=replace(one.source, framework=framework))
    alone = judge(one, [(ONE, 1)], SOURCE, [{ONE.name: tensorflow}])
    both = judge(one, [(ONE, 1)], SOURCE, [{ONE.name: tensorflow}, {ONE.name: torch}])
    return responsible_constants(one, alone, both)


def test_a_constant_must_show_on_one_backend_only_and_begin_at_a_known_op(tmp_path: Path) -> None:
    off = ran(1e-9, 0, 1e-9)
    assert constants(tmp_path, "gelu", off, ran()) == (
        "gelu (net.py:20): TensorFlow's gelu keeps its constants in float32",
    )
    assert constants(tmp_path, "gelu_tanh", off, ran()) != ()
    assert constants(tmp_path, "gelu", off, off) == ()  # on both: a defect
    assert constants(tmp_path, "sigmoid", off, ran()) == ()  # nothing known
    assert constants(tmp_path, "mul", off, ran()) == ()
    assert constants(tmp_path, "mul", off, ran(), "keras") != ()  # ops.cast(0.3, dtype) in a program of somebody's
    assert constants(tmp_path, "gelu", ran(1e-9, 1e-9, 1e-9), ran()) == ()  # it begins before the known op
    assert constants(tmp_path, "gelu", ran(1e-7, 0, 1e-7), ran()) == ()  # more than the constant explains


def test_what_is_run(tmp_path: Path) -> None:
    names = [one.name for one in passes_of(make_plan(tmp_path, draws=2))]
    evals = ["float64/eval/0", "float64/eval/1", "float64/batch/0", "float64/sizes"]
    assert names == [*evals, "float64/gradients", "float64/train/0", "float32/eval/0"]
    fewer = make_plan(tmp_path, draws=1, modes=("eval",), gradients=False, inputs=())
    assert [one.name for one in passes_of(fewer)] == ["float64/eval/0", "float32/eval/0"]
