"""Every example of every op file, from PyTorch to Keras: converted, proved statically, and equal in float64.

An example is equal or refused with a reason and a place; it is never wrong and never ends in a traceback.
"""

from __future__ import annotations

import re

import pytest
from harness import Case, Outcome, cases, run_all

from pivot.opset import load_opset

OPSET = load_opset()
CASES = cases(OPSET)
SPOILED = [
    Case("spoiled_epsilon", 0, "nn.LayerNorm(16)", ("x=2x5x16",), "x", ("epsilon=1e-05", "epsilon=1.1e-05")),
    Case("spoiled_gelu", 0, "nn.GELU()", ("x=2x5",), "x", ("math.sqrt(2)", "math.sqrt(3)")),
    Case("spoiled_axis", 0, "torch.sum(x, 1)", ("x=2x5x5",), "x", ("1", "2")),
]
EQUAL_AT_LEAST = 0.97
"""The share of examples that convert. Raise it when more do."""

pytestmark = [pytest.mark.frameworks("ops"), pytest.mark.xdist_group("ops")]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What became of each example; both frameworks are imported once, in a process each."""
    return run_all(OPSET, [*CASES, *SPOILED], tmp_path_factory.mktemp("examples"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_example_is_equal_or_refused(case: Case, outcomes: dict[str, Outcome]) -> None:
    outcome = outcomes[case.name]
    assert outcome.status in ("equal", "refused"), str(outcome)


def test_a_refusal_has_a_place_and_a_reason(outcomes: dict[str, Outcome]) -> None:
    for name, outcome in outcomes.items():
        if outcome.status == "refused":
            assert re.search(r"model\.py:\d+:\d+: \S.*: \S", outcome.why), f"{name}: {outcome.why}"


def test_most_examples_are_equal(outcomes: dict[str, Outcome], record_property: pytest.RecordProperty) -> None:
    refused = [f"{name}: {outcome.why}" for name, outcome in outcomes.items() if outcome.status == "refused"]
    equal = sum(outcomes[case.name].status == "equal" for case in CASES)
    record_property("refused", len(refused))
    print(f"{equal} of {len(CASES)} examples are equal, {len(refused)} are refused:", *refused, sep="\n  ")
    assert equal >= EQUAL_AT_LEAST * len(CASES)


def test_every_example_with_a_source_side_is_a_case() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 340


def test_a_bug_in_the_written_program_is_seen(outcomes: dict[str, Outcome]) -> None:
    for case in SPOILED:
        assert outcomes[case.name].status == "wrong", str(outcomes[case.name])
