"""What the workers are told."""

from __future__ import annotations

from codegen.verify.plan import InputSpec, call_places


def given(name: str, *, keyword: bool = False, group: str | None = None) -> InputSpec:
    return InputSpec(name, (2, 3), "float32", keyword=keyword, group=group)


def test_inputs_of_one_group_are_one_argument() -> None:
    state = [given("state.0", group="state"), given("state.1", group="state")]
    assert call_places([given("x"), *state]) == ([0, [1, 2]], {})
    named = [given("state.0", keyword=True, group="state"), given("state.1", keyword=True, group="state")]
    assert call_places([given("x"), *named, given("scale", keyword=True)]) == ([0], {"state": [1, 2], "scale": 3})
