"""Orders of axes: what a step says about axes, asked of small steps."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codegen.lower import Step
from codegen.orders import (
    Order,
    broadcast_order,
    expand,
    first_name,
    first_tensor,
    identity,
    inserted_axes,
    permutation,
    reduced_axes,
    same_size,
    tensors,
)
from pivot.dims import symbol
from pivot.opset import OpSet
from pivot.reading.values import TensorVersion
from pivot.types import TensorType


def tensor(*shape: int, id: str = "v") -> TensorVersion:
    return TensorVersion(id, TensorType(shape, "float32"))


def step(opset: OpSet, op: str, operands: Mapping[str, object], **params: object) -> Step:
    found = opset.ops[op]
    form = found.forms["torch"][0]
    return Step(found, form, form.kind, dict(params), dict(operands), {}, ())


def test_the_sources_order_counts_up() -> None:
    assert identity(4) == (0, 1, 2, 3)
    assert identity(0) == ()


def test_letters_with_a_star_are_spelled_out_for_a_rank() -> None:
    assert expand(("N", "C", "H", "W"), 4) == ["N", "C", "H", "W"]
    assert expand(("*", "F"), 3) == ["*0", "*1", "F"]
    assert expand(("*", "F"), 1) == ["F"]
    assert expand(("N", "C", "H", "W"), 3) is None
    assert expand(("*", "C", "H", "W"), 2) is None


def test_tensors_of_lists_are_found_in_order(opset: OpSet) -> None:
    a, b, c = tensor(1, id="a"), tensor(2, id="b"), tensor(3, id="c")
    assert [t.id for t in tensors({"xs": (a, b), "scale": 2.0, "mask": None, "y": c})] == ["a", "b", "c"]
    made = step(opset, "concat", {"xs": (a, b)}, axis=0)
    assert first_tensor(made) is a
    assert first_name(made) == "xs"


def test_the_first_operand_may_be_a_number(opset: OpSet) -> None:
    made = step(opset, "add", {"x": 1.0, "y": tensor(2, 3)})
    assert first_name(made) == "y"


@pytest.mark.parametrize(
    ("op", "params", "found"),
    [
        ("permute", {"order": (0, 2, 3, 1)}, (0, 2, 3, 1)),
        ("permute", {"order": (3, 0, 1, 2)}, (3, 0, 1, 2)),
        ("transpose", {"first": 1, "second": 3}, (0, 3, 2, 1)),
    ],
)
def test_a_permutation_is_read_off_the_shape_rule(
    opset: OpSet, op: str, params: dict[str, object], found: Order
) -> None:
    """Equal sizes do not confuse it: the rule is asked about sizes that differ."""
    names = dict(zip(opset.ops[op].params, params.values(), strict=False))
    assert permutation(step(opset, op, {"x": tensor(2, 2, 2, 2)}, **names)) == found


def test_a_step_that_does_not_fit_is_no_permutation(opset: OpSet) -> None:
    (name,) = opset.ops["permute"].params
    assert permutation(step(opset, "permute", {"x": tensor(2, 3)}, **{name: (0, 1, 2)})) is None
    assert permutation(step(opset, "permute", {"x": 1.0}, **{name: (0,)})) is None


def test_axes_of_reductions_count_from_the_front(opset: OpSet) -> None:
    x = tensor(2, 3, 4, 5)
    assert reduced_axes(step(opset, "mean", {"x": x}, axes=(-1, 1))) == (3, 1)
    assert reduced_axes(step(opset, "mean", {"x": x}, axes=None)) == ()


def test_inserted_axes_are_those_of_the_result(opset: OpSet) -> None:
    name = next(n for n, s in opset.ops["unsqueeze"].params.items() if s.type.kind.startswith("new_ax"))
    assert inserted_axes(step(opset, "unsqueeze", {"x": tensor(2, 3)}, **{name: -1}), 3) == (2,)
    assert inserted_axes(step(opset, "unsqueeze", {"x": tensor(2, 3)}, **{name: 1}), 3) == (1,)


@pytest.mark.parametrize(
    ("order", "shape", "wanted"),
    [
        ((0, 1, 2, 3), (3, 4, 5), (0, 1, 2)),
        ((0, 2, 3, 1), (3, 4, 5), (1, 2, 0)),  # N H W C: its channels come last too
        ((0, 2, 3, 1), (1, 1), (0, 1)),  # a number in disguise
        ((0, 2, 1, 3), (5,), (0,)),  # the last axis is where it was
        ((0, 2, 3, 1), (5,), None),  # its axis would meet the channels
        ((0, 2, 3, 1), (1, 3, 4, 5), (0, 2, 3, 1)),
    ],
)
def test_a_value_broadcasts_against_storage_in_an_order_of_its_own(
    order: Order, shape: tuple[int, ...], wanted: Order | None
) -> None:
    assert broadcast_order(order, tensor(*shape)) == wanted


def test_sizes_are_compared_by_their_hints() -> None:
    assert same_size(symbol("N", 4), 4)
    assert not same_size(symbol("N", 4), 5)
