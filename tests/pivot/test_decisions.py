"""Decisions: their records, and what an op set does with them."""

from __future__ import annotations

import json

import pytest

from pivot.decisions import Decision, Where, parse_decision
from pivot.opset import load_opset
from pivot.problems import Refusal

ABS = 'extends = "abs"\n[[torch]]\ncall = "torch.special.bessel_j0"\nargs = "@x"\n'
BESSEL = ("torch", "call", "torch.special.bessel_j0")


def mapped(ops: str = ABS, where: Where | None = None) -> Decision:
    return Decision("map", "call", "torch.special.bessel_j0", "bessel_j0 → abs", ops, where)


def test_a_decision_comes_back_from_its_text() -> None:
    for decision in (
        mapped(where=Where("net.py", "Net.forward", "f(x)", 1)),
        Decision("stop", "method", "frob", "stop at frob", message="not here"),
    ):
        assert parse_decision(decision.dumps()) == decision


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": "guess"}, "needs a 'kind'"),
        ({"ops": ""}, "has no 'ops'"),
        ({"extra": 1}, "no entry 'extra'"),
        ({"title": 3}, "'title' of a decision must be text"),
        ({"name": ""}, "which calls"),
        ({"where": {"file": "a.py"}}, "'where' of a decision"),
    ],
)
def test_wrong_records_are_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(Refusal, match=why):
        parse_decision(json.dumps({**mapped().as_json(), **change}))


def test_a_form_of_a_decision_is_read_first_and_written_last() -> None:
    opset = load_opset((), [mapped()])
    (form,) = opset.find(*BESSEL)
    assert (form.op.name, form.origin, form.op.origin) == ("abs", "project", "builtin")
    forms = opset.ops["abs"].forms["torch"]
    assert forms[-1] is form and forms[0].name != form.name
    assert load_opset().find(*BESSEL) == ()
    assert form not in load_opset().ops["abs"].forms["torch"]


def test_a_form_for_one_place_is_never_written() -> None:
    opset = load_opset((), [mapped(where=Where("net.py", "Net.forward", "f(x)"))])
    (form,) = opset.find(*BESSEL)
    assert form.where is not None
    assert form not in opset.ops["abs"].forms["torch"]


@pytest.mark.parametrize(
    ("ops", "why"),
    [
        (ABS.replace('"abs"', '"absent"'), "no op 'absent' to extend"),
        (ABS.replace("@x", "@z"), "no operand 'z'"),
        (ABS + '[params]\na = "int"\n', "has forms only"),
        ('op = "own"\ninputs = "x: *"\n[[keras]]\ncode = "x = 1"\n', "must be one function"),
        ('op = "own"\ninputs = "x: *"\n[[keras]]\ncode = "def f(x:"\n', "mistake in line 1"),
    ],
)
def test_wrong_op_texts_are_refused_with_the_decision(ops: str, why: str) -> None:
    with pytest.raises(Refusal, match=why) as refused:
        load_opset((), [mapped(ops)])
    assert "bessel_j0 → abs" in str(refused.value)
