from __future__ import annotations

import pytest

from pivot.binding import Refused, normalise
from pivot.dims import Dim, symbol
from pivot.opset import OpSet, load_opset
from pivot.shapes import ShapeError, all_rules, infer
from pivot.types import TensorType

N, H, L = symbol("N", 2), symbol("H", 9), symbol("L", 12)
Shape = tuple[Dim, ...]


@pytest.fixture(scope="module")
def opset() -> OpSet:
    return load_opset()


def shapes(
    opset: OpSet, name: str, given: tuple[object, ...], params: dict[str, object], order: dict[str, str] | None = None
) -> tuple[Shape, ...]:
    """Shapes of the outputs; an operand is a shape, a list of shapes or a number."""
    op = opset.ops[name]
    values = [
        TensorType(item)
        if isinstance(item, tuple)
        else tuple(map(TensorType, item))
        if isinstance(item, list)
        else item
        for item in given
    ]
    operands = dict(zip(op.inputs, values, strict=False))
    normal = normalise(op, params, operands)
    if isinstance(normal, Refused):
        raise ShapeError(normal.why)
    return tuple(result.shape for result in infer(op, normal, operands, order))


def test_every_op_names_a_rule_that_exists(opset: OpSet) -> None:
    assert {op.shape for op in opset.ops.values()} <= set(all_rules())


@pytest.mark.parametrize(
    ("name", "given", "params", "found"),
    [
        # windows; the numbers are those PyTorch 2 gives
        ("conv2d", [(N, 3, H, 8)], {"filters": 5, "kernel": 3, "stride": 2, "padding": 1}, [(N, 5, (H + 1) // 2, 4)]),
        ("conv2d", [(N, 3, 9, 8)], {"filters": 5, "kernel": 3, "stride": 2, "padding": "same"}, [(N, 5, 5, 4)]),
        ("conv1d", [(N, 4, 20)], {"filters": 6, "kernel": 3, "dilation": 4, "groups": 2}, [(N, 6, 12)]),
        ("conv3d", [(1, 2, 5, 6, 7)], {"filters": 3, "kernel": (1, 2, 3), "padding": (0, 1, 1)}, [(1, 3, 5, 7, 7)]),
        ("max_pool2d", [(N, 3, 8, 7)], {"kernel": 3, "stride": 2, "ceil": True}, [(N, 3, 4, 3)]),
        ("max_pool2d", [(N, 3, 7, 7)], {"kernel": 2, "stride": 2, "padding": 1, "ceil": True}, [(N, 3, 4, 4)]),
        ("max_pool1d", [(N, 3, L)], {"kernel": 2, "stride": 2}, [(N, 3, L // 2)]),
        ("conv_transpose2d", [(N, 4, 5, H)], {"filters": 3, "kernel": 4, "stride": 2, "padding": 1},
         [(N, 3, 10, 2 * H)]),
        ("conv_transpose1d", [(N, 4, 5)], {"filters": 3, "kernel": 3, "stride": 2, "output_padding": 1}, [(N, 3, 12)]),
        ("adaptive_avg_pool2d", [(N, 4, H, H)], {"size": (1, 1)}, [(N, 4, 1, 1)]),
        ("zero_pad2d", [(N, 4, 5, H)], {"padding": ((1, 2), (0, 3))}, [(N, 4, 8, H + 3)]),
        ("crop1d", [(N, 4, 5)], {"cropping": ((1, 2),)}, [(N, 4, 2)]),
        ("resize2d", [(N, 3, H, H)], {"size": (4, 5)}, [(N, 3, 4, 5)]),
        ("upsample2d", [(N, 3, H, 5)], {"scale": (2.0, 1.5)}, [(N, 3, 2 * H, 7)]),
        ("pixel_shuffle", [(N, 12, H, 4)], {"factor": 2}, [(N, 3, 2 * H, 8)]),
        ("pixel_unshuffle", [(N, 3, 8, 4)], {"factor": 2}, [(N, 12, 4, 2)]),
        # entry by entry
        ("relu", [(N, 3)], {}, [(N, 3)]),
        ("add", [(N, 1, 4), (3, 1)], {}, [(N, 3, 4)]),
        ("add", [(N, 4), 2.0], {}, [(N, 4)]),
        ("where", [(N, 1), (4,), 0.0], {}, [(N, 4)]),
        ("glu", [(N, 6, 5)], {"axis": 1}, [(N, 3, 5)]),
        ("mean", [(N, 3, 4)], {}, [()]),
        ("mean", [(N, 3, 4)], {"axes": (-1, 1)}, [(N,)]),
        ("sum", [(N, 3, 4)], {"axes": 1, "keepdims": True}, [(N, 1, 4)]),
        ("argmax", [(N, 3)], {"axis": 1}, [(N,)]),
        ("argmax", [(N, 3)], {}, [()]),
        ("max_with_place", [(N, 3)], {"axis": -1}, [(N,), (N,)]),
        ("topk", [(N, 7)], {"k": 3}, [(N, 3), (N, 3)]),
        ("cosine_similarity", [(N, 3, 4), (N, 3, 4)], {"axis": 2}, [(N, 3)]),
        ("mse_loss", [(N, 3), (N, 3)], {}, [()]),
        ("mse_loss", [(N, 3), (N, 3)], {"reduction": "none"}, [(N, 3)]),
        ("cross_entropy", [(N, 5, 4), (N, 4)], {"reduction": "none"}, [(N, 4)]),
        # arranging
        ("reshape", [(N, 3, 4)], {"shape": (-1, 12)}, [(N, 12)]),
        ("reshape", [(N, 3, 4)], {"shape": (N, 2, -1)}, [(N, 2, 6)]),
        ("reshape", [(N, L, 8)], {"shape": (N, L, 2, 4)}, [(N, L, 2, 4)]),
        ("flatten", [(N, 3, 4)], {}, [(N, 12)]),
        ("flatten", [()], {"start": 0}, [(1,)]),
        ("unflatten", [(N, 12)], {"axis": 1, "sizes": (3, -1)}, [(N, 3, 4)]),
        ("permute", [(N, 3, 4)], {"axes": (2, 0, 1)}, [(4, N, 3)]),
        ("transpose", [(N, 3, 4)], {"axis0": 1, "axis1": -1}, [(N, 4, 3)]),
        ("move_axis", [(N, 3, 4)], {"source": 0, "target": -1}, [(3, 4, N)]),
        ("squeeze", [(N, 1, 4)], {"axes": 1}, [(N, 4)]),
        ("unsqueeze", [(N, 4)], {"axes": -1}, [(N, 4, 1)]),
        ("unsqueeze", [(N, 4)], {"axes": (0, 2)}, [(1, N, 1, 4)]),
        ("expand", [(N, 1)], {"shape": (3, -1, 5)}, [(3, N, 5)]),
        ("expand_as", [(N, 1), (N, 5)], {}, [(N, 5)]),
        ("tile", [(N, 4)], {"repeats": (3, 1, 2)}, [(3, N, 8)]),
        ("repeat_interleave", [(N, 4)], {"repeats": 3, "axis": 1}, [(N, 12)]),
        ("repeat_interleave", [(N, 4)], {"repeats": 3}, [(12 * N,)]),
        # pieces
        ("concat", [[(N, 3), (N, L)]], {"axis": 1}, [(N, L + 3)]),
        ("stack", [[(N, 3), (N, 3)]], {"axis": -1}, [(N, 3, 2)]),
        ("split", [(N, 7)], {"sections": 3, "axis": 1}, [(N, 3), (N, 3), (N, 1)]),
        ("split", [(N, 7)], {"sections": (2, 5), "axis": 1}, [(N, 2), (N, 5)]),
        ("chunk", [(N, 7)], {"n": 3, "axis": 1}, [(N, 3), (N, 3), (N, 1)]),
        ("unbind", [(N, 2)], {"axis": 1}, [(N,), (N,)]),
        ("meshgrid", [[(3,), (L,)]], {"indexing": "xy"}, [(L, 3), (L, 3)]),
        ("select", [(N, 3, 4)], {"axis": 1, "place": -1}, [(N, 4)]),
        ("narrow", [(N, 7)], {"axis": 1, "start": 2, "length": 3}, [(N, 3)]),
        ("index_select", [(N, 7, 2), (4,)], {"axis": 1}, [(N, 4, 2)]),
        ("gather", [(N, 7), (N, 3)], {"axis": 1}, [(N, 3)]),
        ("diagonal", [(N, 3, 5)], {"axis0": 1, "axis1": 2, "offset": 3}, [(N, 2)]),
        # products and layers
        ("matmul", [(N, 1, 3, 4), (5, 4, 2)], {}, [(N, 5, 3, 2)]),
        ("matmul", [(4,), (N, 4, 2)], {}, [(N, 2)]),
        ("matmul", [(N, 4), (4,)], {}, [(N,)]),
        ("addmm", [(5,), (N, 4), (4, 5)], {}, [(N, 5)]),
        ("outer", [(N,), (3,)], {}, [(N, 3)]),
        ("einsum", [[(N, 3, 4), (4, 5)]], {"equation": "...i,ij->...j"}, [(N, 3, 5)]),
        ("einsum", [[(N, 4), (4, 5)]], {"equation": "nj,jk"}, [(5, N)]),
        ("einsum", [[(3, 3)]], {"equation": "ii->i"}, [(3,)]),
        ("linear", [(N, L, 4)], {"units": 5}, [(N, L, 5)]),
        ("bilinear", [(N, 3), (N, 4)], {"units": 5}, [(N, 5)]),
        ("embedding", [(N, L)], {"entries": 10, "width": 4}, [(N, L, 4)]),
        ("one_hot", [(N, L)], {"count": 4}, [(N, L, 4)]),
        ("lstm", [(N, L, 6)], {"units": 5}, [(N, L, 5), (1, N, 5), (1, N, 5)]),
        ("bidirectional_gru", [(N, L, 6)], {"units": 5}, [(N, L, 10), (2, N, 5)]),
        ("lstm_cell", [(N, 6), (N, 5), (N, 5)], {"units": 5}, [(N, 5), (N, 5)]),
        ("multi_head_attention", [(N, 4, 8), (N, L, 8), (N, L, 8)], {"width": 8, "heads": 2}, [(N, 4, 8), (N, 4, L)]),
        ("scaled_dot_product_attention", [(N, 2, 4, 8), (N, 2, L, 8), (N, 2, L, 3)], {}, [(N, 2, 4, 3)]),
        # making
        ("zeros", [], {"shape": (N, 3)}, [(N, 3)]),
        ("eye", [], {"rows": 3}, [(3, 3)]),
        ("ones_like", [(N, 3)], {}, [(N, 3)]),
        ("arange", [], {"stop": L}, [(L,)]),
        ("arange", [], {"start": 1, "stop": 8, "step": 3}, [(3,)]),
        ("arange", [], {"start": 0, "stop": 1, "step": 0.3}, [(4,)]),
        ("linspace", [], {"start": 0, "stop": 1, "count": 7}, [(7,)]),
    ],
)  # fmt: skip
def test_shapes(opset: OpSet, name: str, given: list[object], params: dict[str, object], found: list[Shape]) -> None:
    assert shapes(opset, name, tuple(given), params) == tuple(found)


@pytest.mark.parametrize(
    ("name", "given", "params", "why"),
    [
        ("add", [(2, 3), (2, 4)], {}, "cannot be broadcast: 3 and 4 differ"),
        ("add", [(N, 3), (5, 3)], {}, "cannot be broadcast"),
        ("conv2d", [(N, 3, 2, 8)], {"filters": 5, "kernel": 3}, "the size of the result would be 0"),
        ("conv2d", [(N, 3, 8, 8)], {"filters": 4, "kernel": 3, "groups": 2}, "3 channels do not divide into 2 groups"),
        ("reshape", [(2, 3)], {"shape": (4, -1)}, "6 elements do not divide by 4"),
        ("reshape", [(2, 3)], {"shape": (4, 2)}, "the number of elements: 8 and 6 differ"),
        ("concat", [[(N, 3), (N, 3, 1)]], {"axis": 1}, "2 and 3 axes cannot be joined"),
        ("concat", [[(N, 3), (4, 3)]], {"axis": 1}, "axis 0 of the joined tensors"),
        ("matmul", [(N, 3), (4, 5)], {}, "the inner sizes of the product: 3 and 4 differ"),
        ("softmax", [(N, 3)], {"axis": 2}, "axis 2 does not exist"),
        ("squeeze", [(N, 3)], {"axes": 1}, "axis 1 has 3 entries, not 1"),
        ("permute", [(N, 3, 4)], {"axes": (0, 1)}, "2 axes of a tensor with 3"),
        ("permute", [(N, 3, 4)], {"axes": (0, 1, -2)}, "an axis stands twice"),
        ("unbind", [(N, 3)], {"axis": 0}, "depends on the size N"),
        ("split", [(N, 7)], {"sections": (2, 4), "axis": 1}, "the pieces of axis 1: 6 and 7 differ"),
        ("glu", [(N, 5)], {}, "cannot be halved"),
        ("expand", [(N, 3)], {"shape": (2, 4)}, "only axes of size 1"),
        ("einsum", [[(2, 3), (4, 5)]], {"equation": "ij,jk->ik"}, "j: 3 and 4 differ"),
        ("einsum", [[(2, 3)]], {"equation": "ij,jk->ik"}, "about 2 tensors, 1 are given"),
        ("flatten", [(2, 3, 4)], {"start": 2, "end": 1}, "axis 2 is behind axis 1"),
        ("topk", [(2, 3)], {"k": 4}, "4 of 3 entries"),
        ("linear", [()], {"units": 3}, "axes"),
        ("cosine_similarity", [(2, 3), (2, 1, 3)], {"axis": -1}, "different shapes"),
        ("cosine_similarity", [(), ()], {"axis": 0}, "no axis"),
        ("concat", [(N, 3)], {"axis": 1}, "not a list of tensors"),
    ],
)
def test_what_does_not_fit(opset: OpSet, name: str, given: list[object], params: dict[str, object], why: str) -> None:
    with pytest.raises(ShapeError, match=why):
        shapes(opset, name, tuple(given), params)


@pytest.mark.parametrize(
    ("name", "given", "params", "order", "found"),
    [
        ("conv2d", (N, 9, 8, 3), {"filters": 5, "kernel": 3}, {"x": "N H W C", "y": "N H' W' F"}, [(N, 7, 6, 5)]),
        ("batch_norm", (N, 9, 8, 3), {}, {"x": "N * C", "y": "N * C"}, [(N, 9, 8, 3)]),
        ("lstm", (7, N, 6), {"units": 5}, {"x": "T N F", "y": "T N Y"}, [(7, N, 5), (1, N, 5), (1, N, 5)]),
        ("lstm", (N, 7, 6), {"units": 5}, {"h": "N H"}, [(N, 7, 5), (N, 5), (1, N, 5)]),
    ],
)
def test_operands_in_the_order_of_a_form(
    opset: OpSet, name: str, given: Shape, params: dict[str, object], order: dict[str, str], found: list[Shape]
) -> None:
    assert shapes(opset, name, (given,), params, order) == tuple(found)


@pytest.mark.parametrize(
    ("name", "given", "params", "dtypes"),
    [
        ("add", [TensorType((2,), "int64"), TensorType((2,), "float32")], {}, ["float32"]),
        ("add", [TensorType((2,), "float16"), TensorType((), "float64")], {}, ["float16"]),
        ("add", [TensorType((2,), "int32"), 2.5], {}, ["float32"]),
        ("add", [TensorType((2,), "bool"), 2], {}, ["int64"]),
        ("add", [TensorType((2,), "uint8"), TensorType((2,), "int8")], {}, ["int16"]),
        ("eq", [TensorType((2,)), 1.0], {}, ["bool"]),
        ("argmax", [TensorType((2,))], {"axis": 0}, ["int64"]),
        ("cast", [TensorType((2,))], {"dtype": "int32"}, ["int32"]),
        ("embedding", [TensorType((2,), "int64")], {"entries": 3, "width": 2}, ["float32"]),
        ("full", [], {"shape": (2,), "value": 3}, ["int64"]),
        ("arange", [], {"stop": 3.0}, ["float32"]),
        ("where", [TensorType((2,), "bool"), TensorType((2,), "float64"), 0], {}, ["float64"]),
    ],
)
def test_element_types(
    opset: OpSet, name: str, given: list[object], params: dict[str, object], dtypes: list[str]
) -> None:
    op = opset.ops[name]
    operands = dict(zip(op.inputs, given, strict=False))
    normal = normalise(op, params, operands)
    assert isinstance(normal, dict)
    assert [result.dtype for result in infer(op, normal, operands)] == dtypes
