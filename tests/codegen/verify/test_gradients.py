"""One number tells whether all gradients agree, whatever the carrier does with the weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from programs import make_plan

from codegen.verify.comparison import GATE
from codegen.verify.gradients import compare_gradients
from codegen.verify.plan import InputSpec

STATE = {"a.weight": np.ones((2, 3)), "b1": np.ones(4), "b2": np.ones(4), "tied": np.ones((2, 3)), "mean": np.ones(4)}
ALIASES = {"tied": "a.weight"}


def carry(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {
        "a/vars/0": state["a.weight"].T,
        "b/vars/0": state["b1"] + state["b2"],
        "c/vars/0": state["tied"].reshape(6),
        "n/vars/2": state["mean"],
    }


def gradients() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Of a weight used at two places in the target, and of a bias that the source splits."""
    generator = np.random.default_rng(3)
    first, second, bias = generator.random((3, 2)), generator.random(6), generator.random(4)
    source = {"g:a.weight": first.T + second.reshape(2, 3), "g:b1": bias, "g:b2": bias}
    return source, {"g:a/vars/0": first, "g:c/vars/0": second, "g:b/vars/0": bias, "g:n/vars/2": np.ones(4)}


def test_sums_transposes_and_tied_weights(tmp_path: Path) -> None:
    source, target = gradients()
    plan = make_plan(tmp_path, carrier=carry, inputs=())
    found = compare_gradients(plan, STATE, source, target, ALIASES)
    assert found.error is not None
    assert found.error <= GATE
    assert (found.parameters, found.why) == (3, None)


def test_a_wrong_gradient_is_named(tmp_path: Path) -> None:
    source, target = gradients()
    target["g:b/vars/0"] = target["g:b/vars/0"] * (1 + 1e-9)
    found = compare_gradients(make_plan(tmp_path, carrier=carry, inputs=()), STATE, source, target, ALIASES)
    assert found.why == "the gradient of b1, b2 differs"
    del target["g:b/vars/0"]
    found = compare_gradients(make_plan(tmp_path, carrier=carry, inputs=()), STATE, source, target, ALIASES)
    assert found.error is not None
    assert found.error > 0.01


def test_input_gradients_are_turned(tmp_path: Path) -> None:
    plan = make_plan(
        tmp_path, carrier=carry, inputs=(InputSpec("x", (2, 3, 4), "float32", (), 0, 2, False, "N C L", "N L C"),)
    )
    source, target = gradients()
    x = np.random.default_rng(0).random((2, 3, 4))
    right = compare_gradients(plan, STATE, source | {"i:0": x}, target | {"i:0": x.transpose(0, 2, 1)}, ALIASES)
    assert right.why is None
    wrong = compare_gradients(plan, STATE, source | {"i:0": x}, target | {"i:0": x.transpose(0, 2, 1) + 1e-9}, ALIASES)
    assert wrong.why == "the gradient of the input x differs"


def test_weights_that_the_source_lacks_do_not_count(tmp_path: Path) -> None:
    source, target = gradients()
    target["g:s/vars/0"] = np.full(4, 3.0)
    plan = make_plan(tmp_path, carrier=lambda state: carry(state) | {"s/vars/0": np.ones(4)}, inputs=())
    assert compare_gradients(plan, STATE, source, target, ALIASES).why is None
