"""The inputs of both sides are the same numbers in their own axis order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from programs import make_plan

from codegen.verify.draws import free_shapes, load_npz, other_batches, sized_shapes, write_draws
from codegen.verify.plan import InputSpec

IMAGE = InputSpec("x", (2, 3, 4, 5), "float32", ("N", None, "H", None), source_axes="N C H W", target_axes="N H W C")
IDS = InputSpec("ids", (2, 7), "int64", ("N", None), low=3, high=9)
MASK = InputSpec("mask", (2, 7), "bool", ("N", None))


def test_draws(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, inputs=(IMAGE, IDS, MASK))
    draws = write_draws(plan, tmp_path)
    assert [draw.batch for draw in draws] == [2, 3, 2, 2, 4, 4]
    assert load_npz(draws[3].source)["i0"].shape == (2, 3, 5, 5)
    draws = draws[:3]
    for draw in draws:
        source, target = load_npz(draw.source), load_npz(draw.target)
        assert source["i0"].shape == (draw.batch, 3, 4, 5)
        np.testing.assert_array_equal(source["i0"].transpose(0, 2, 3, 1), target["i0"])
        np.testing.assert_array_equal(source["i0"], source["i0"].astype("f4"))
        assert (source["i1"].dtype, source["i2"].dtype) == (np.dtype("i8"), np.dtype(bool))
        assert 3 <= source["i1"].min() <= source["i1"].max() < 9
    assert (load_npz(draws[2].source)["i0"] == 0).any()
    again = write_draws(plan, tmp_path)
    np.testing.assert_array_equal(load_npz(again[0].source)["i0"], load_npz(draws[0].source)["i0"])


def test_a_batch_that_is_fixed_or_part_of_another_size_is_not_varied(tmp_path: Path) -> None:
    fixed = InputSpec("x", (2, 3), "float32")
    double = InputSpec("y", (4, 3), "float32", ("2*N", None))
    for inputs in ((fixed,), (IDS, double)):
        draws = write_draws(make_plan(tmp_path, inputs=inputs), tmp_path)
        assert [draw.batch for draw in draws] == [None] * 4
        assert load_npz(draws[1].source)["i0"].shape == inputs[0].shape


def test_other_batches_where_the_source_refuses_one_row_more(tmp_path: Path) -> None:
    """A state has its samples on axis 1, a matrix between samples on both; a program may pair its samples."""

    def tried(*inputs: InputSpec) -> list[tuple[int, list[tuple[int, ...]]]]:
        return other_batches(make_plan(tmp_path, inputs=inputs))

    one = InputSpec("x", (1, 5, 4), "float32", ("N", "T", None))
    state = InputSpec("h", (1, 1, 8), "float32", ("N", None, None))
    assert tried(one) == []
    assert tried(one, state) == [(2, [(2, 5, 4), (1, 2, 8)])]
    nodes = InputSpec("x", (6, 16), "float32", ("N", None))
    edges = InputSpec("a", (6, 6), "float32", ("N", None))
    square = [(7, [(7, 16), (7, 7)]), (12, [(12, 16), (12, 6)]), (12, [(12, 16), (12, 12)])]
    assert tried(nodes, edges) == square
    assert tried(IDS) == [(4, [(4, 7)])]
    assert tried(InputSpec("x", (2, 3), "float32")) == []


def test_shapes_of_the_symbolic_build(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, inputs=(IMAGE, InputSpec("y", (4,), "float32")))
    assert free_shapes(plan) == [[None, None, 5, 3], [4]]
    assert sized_shapes(plan)[0][1:] == [*IMAGE.shape[2:], IMAGE.shape[1]]
