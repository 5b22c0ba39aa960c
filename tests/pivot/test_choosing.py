from __future__ import annotations

from pathlib import Path

import pytest

from pivot.binding import Refused
from pivot.choosing import choose, present
from pivot.op import Kind, Op
from pivot.opset import OpSet, load_opset
from pivot.schema import parse_op
from pivot.spelling import PlainFacts
from pivot.types import TensorType

X = TensorType((2, 3, 8, 8))


@pytest.fixture(scope="module")
def opset() -> OpSet:
    return load_opset()


def op_of(text: str) -> Op:
    head = 'op = "o"\ninputs = "x: *, keep: * ?"\noutputs = "y: *, h: *"\n'
    return parse_op(head + text, str(Path("o.toml")), "shape", "builtin")


def names(op: Op, framework: str, kind: Kind, facts: PlainFacts) -> list[str] | str:
    forms = choose(op, framework, kind, facts.params, facts)
    return forms.why if isinstance(forms, Refused) else [form.name for form in forms]


def test_a_function_stays_a_function_and_a_layer_a_layer(opset: OpSet) -> None:
    facts = PlainFacts({}, {"x": X})
    relu = opset.ops["relu"]
    for kind in ("layer", "function"):
        forms = choose(relu, "keras", kind, {}, facts)
        assert not isinstance(forms, Refused)
        kinds = [form.kind for form in forms]
        assert kinds == sorted(kinds, key=lambda found: found != kind)
        assert set(kinds) == {"layer", "function"}


def test_a_decomposition_is_the_last_resort(opset: OpSet) -> None:
    conv = opset.ops["conv2d"]
    params: dict[str, object] = {
        "filters": 4, "kernel": (3, 3), "stride": (1, 1), "padding": ((1, 1), (1, 1)), "dilation": (1, 1), "groups": 1,
        "bias": True,
    }  # fmt: skip
    first = choose(conv, "keras", "layer", params, PlainFacts(params, {"x": X}))
    assert not isinstance(first, Refused)
    assert (first[0].spelling, first[-1].spelling) == ("call", "body")
    params["stride"] = (2, 2)
    second = choose(conv, "keras", "layer", params, PlainFacts(params, {"x": X}))
    assert not isinstance(second, Refused)
    assert {form.spelling for form in second} == {"body"}


TWO = """
[params]
rate = "float = 0.0"
flip = "bool = False"
[[keras]]
call = "plain"
args = "@x"
result = "y, h"
[[keras]]
call = "masked"
when = "given(keep)"
args = "@x, @keep, rate=rate|0.0"
result = "y"
"""


def facts(unused: tuple[str, ...] = (), keep: object = None, **params: object) -> PlainFacts:
    return PlainFacts(params, {"x": X, "keep": keep}, frozenset(unused))


@pytest.mark.parametrize(
    ("site", "found"),
    [
        (facts(), ["plain"]),
        (facts(unused=("h",)), ["plain"]),
        (facts(unused=("h",), keep=X), ["masked"]),
        (facts(keep=X), "plain: it has no place for the operand 'keep'; masked: it does not give 'h'"),
        (facts(rate=0.5), "plain: it has no place for rate=0.5; masked: only when keep is given"),
        (facts(unused=("h",), keep=X, rate=0.5), ["masked"]),
        (facts(flip=False), ["plain"]),
        (facts(flip=True), "plain: it has no place for flip=True; masked: only when keep is given"),
    ],
)
def test_nothing_is_dropped_silently(site: PlainFacts, found: list[str] | str) -> None:
    assert names(op_of(TWO), "keras", "function", site) == found


def test_a_framework_without_a_form_is_named() -> None:
    assert names(op_of(TWO), "torch", "function", facts()) == "o has no form in torch"


def test_a_layer_must_hold_the_weights_that_exist() -> None:
    op = op_of(
        '[params]\nbias = "bool = True"\n[weights]\nkernel = "A"\nbias = "A ? bias"\nseen = "A buffer"\n'
        '[sizes]\nA = "3"\n[[keras]]\ncall = "L"\nkind = "layer"\nargs = "use=bias|True"\nresult = "y, h"\n'
        'weights = { kernel = "k: A" }\n'
    )
    assert present(op, {"bias": True}) == ("kernel", "bias", "seen")
    assert present(op, {"bias": False}) == ("kernel", "seen")
    assert present(op, {}) == ("kernel", "bias", "seen")
    assert names(op, "keras", "layer", facts(bias=False)) == ["L"]
    assert names(op, "keras", "layer", facts(bias=True)) == "L: it does not hold the weight 'bias'"


def test_a_function_with_its_own_weights_does_not_become_a_layer(opset: OpSet) -> None:
    linear = opset.ops["linear"]
    params = {"units": 5, "bias": False}
    site = PlainFacts(params, {"x": TensorType((2, 4)), "kernel": TensorType((5, 4)), "bias": None})
    forms = choose(linear, "torch", "function", params, site)
    assert not isinstance(forms, Refused)
    assert [form.name for form in forms if form.kind == "layer"] == []


def test_an_axis_in_a_condition_counts_from_the_end(opset: OpSet) -> None:
    flatten = opset.ops["flatten"]
    params = {"start": 1, "end": 3}
    forms = choose(flatten, "keras", "layer", params, PlainFacts(params, {"x": X}))
    assert not isinstance(forms, Refused)
    assert forms[0].name == "keras.layers.Flatten"


def test_an_inexact_form_is_read_and_never_written() -> None:
    op = op_of('[[keras]]\ncall = "keras.f"\nkind = "function"\nargs = "x=@x"\ninexact = "it rounds"\n')
    assert names(op, "keras", "function", PlainFacts({}, {"x": X})) == "keras.f: it rounds"
