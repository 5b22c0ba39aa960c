"""Storage orders: images stand channels last, permutes cost nothing, a transpose stands where nothing else helps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.layout import Layout, Placed
from codegen.lower import Lowering
from codegen.orders import Block, Order
from codegen.static_proof import prove
from codegen.writing.sites import Sites
from pivot.opset import OpSet
from pivot.reading.companions import visit_companions
from pivot.reading.elaborate import Elaborated
from pivot.reading.keras import KerasDialect

LAST = (0, 2, 3, 1)  # N H W C
FIRST = (0, 1, 2, 3)

HEAD = """
import torch
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.again = nn.Conv2d(8, 8, 1)
        self.wide = nn.Linear(8 * 4 * 6, 5)
        self.fc = nn.Linear(8, 8)
        self.norm = nn.LayerNorm(8)
        self.bn = nn.BatchNorm1d(8 * 4 * 6)

    def forward(self, x, z=None):
"""


class Laid:
    """A layout and the eval run it is asked about."""

    def __init__(self, done: Elaborated, layout: Layout) -> None:
        self.layout = layout
        self.run = done.network.runs["eval"]

    @property
    def inputs(self) -> list[Order]:
        return [self.layout.order_of(entry.value) for entry in self.run.inputs]

    @property
    def outputs(self) -> list[Order]:
        return [self.layout.order_of(value) for value in self.run.outputs]

    @property
    def placed(self) -> list[Placed]:
        lowered = [self.layout.lowering.lowered[id(node)] for node in self.run.nodes if node.op is not None]
        steps = [step for low in lowered if low.chosen is not None for step in low.chosen.steps]
        return [self.layout.placed[id(step)] for step in steps]

    @property
    def transposes(self) -> list[tuple[str, object]]:
        """The op before which a transpose stands, and its permutation."""
        return [(p.step.op.name, perm) for p in self.placed for perm in p.transposes.values()]

    @property
    def absorbed(self) -> dict[str, dict[str, tuple[tuple[str, Block], ...]]]:
        """Per op, what its weights absorb."""
        return {p.step.op.name: p.absorbed for p in self.placed if p.absorbed}

    @property
    def refused(self) -> list[str]:
        return [p.why for p in self.placed if p.why]


LayOut = Callable[..., Laid]


@pytest.fixture
def lay_out(write_source: Callable[..., Path], read: Callable[..., Elaborated], opset: OpSet) -> LayOut:
    """`lay_out("return self.conv(x)", "2x3x4x6")` lays out a forward pass over the layers of HEAD."""

    def made(forward: str, *inputs: str) -> Laid:
        body = "".join(f"        {line}\n" for line in forward.splitlines())
        done = read(write_source(HEAD + body), *inputs, model="Net()")
        visit_companions(done)
        lowering = Lowering(done, "keras", opset)
        Sites(lowering)
        return Laid(done, Layout(lowering, "keras", done.evaluator.joins))

    return made


def test_a_chain_of_convolutions_is_channels_last_from_the_input_on(lay_out: LayOut) -> None:
    laid = lay_out("return self.again(F.relu(self.conv(x)))", "2x3x4x6")
    assert (laid.inputs, laid.outputs, laid.transposes) == ([LAST], [LAST], [])


def test_what_never_meets_a_convolution_keeps_the_sources_order(lay_out: LayOut) -> None:
    laid = lay_out("return torch.tanh(x) + 1", "2x3x4x6")
    assert (laid.inputs, laid.outputs, laid.transposes) == ([FIRST], [FIRST], [])


def test_a_permute_to_channels_last_is_what_storage_already_is(lay_out: LayOut) -> None:
    laid = lay_out("return self.conv(x).permute(0, 2, 3, 1)", "2x3x4x6")
    assert laid.outputs == [FIRST]
    assert laid.transposes == []
    assert [p.alias for p in laid.placed] == [False, True]


def test_a_permute_before_the_first_convolution_gives_the_input_its_own_order(lay_out: LayOut) -> None:
    laid = lay_out("return self.conv(x.permute(0, 3, 1, 2))", "2x4x6x3")
    assert (laid.inputs, laid.outputs, laid.transposes) == ([FIRST], [LAST], [])


@pytest.mark.parametrize("between", ["x", "F.relu(x)", "F.dropout(torch.tanh(x))", "x * 2"])
def test_a_flatten_before_a_linear_is_absorbed_into_its_kernel(lay_out: LayOut, between: str) -> None:
    laid = lay_out(f"x = torch.flatten(self.conv(x), 1)\nreturn self.wide({between})", "2x3x4x6")
    assert laid.transposes == []
    assert laid.absorbed == {"linear": {"kernel": (("I", Block(1, (8, 4, 6), (1, 2, 0))),)}}
    assert laid.outputs == [(0, 1)]


def test_a_normalisation_on_the_way_absorbs_the_flatten_as_well(lay_out: LayOut) -> None:
    laid = lay_out("return self.wide(self.bn(self.conv(x).flatten(1)))", "2x3x4x6")
    assert laid.transposes == []
    block = Block(1, (8, 4, 6), (1, 2, 0))
    assert laid.absorbed["batch_norm"] == dict.fromkeys(("gamma", "beta", "mean", "variance"), (("C", block),))
    assert laid.absorbed["linear"] == {"kernel": (("I", block),)}


@pytest.mark.parametrize(
    "forward",
    [
        "x = self.conv(x).flatten(1)\nreturn self.wide(x), x",
        "x = self.conv(x).view(2, -1)\nreturn self.wide(x) + x.mean(1, keepdim=True)",
        "return torch.softmax(self.conv(x).flatten(1), 1)",
        "return self.conv(x).flatten(1)",
        "x = self.conv(x).flatten(1)\nreturn self.wide(x[:, :192])",
    ],
)
def test_a_flatten_that_somebody_else_reads_is_transposed_once(lay_out: LayOut, forward: str) -> None:
    laid = lay_out(forward, "2x3x4x6")
    assert [perm for _, perm in laid.transposes] == [(0, 3, 1, 2)]
    assert laid.absorbed == {}
    assert laid.layout.blocks == {}


def test_a_flatten_of_one_pixel_needs_nothing(lay_out: LayOut) -> None:
    laid = lay_out("x = F.adaptive_avg_pool2d(self.conv(x), 1)\nreturn self.fc(torch.flatten(x, 1))", "2x3x4x6")
    assert (laid.transposes, laid.absorbed, laid.outputs) == ([], {}, [(0, 1)])


def test_tokens_of_an_image_cost_nothing(lay_out: LayOut) -> None:
    laid = lay_out("x = self.conv(x)\nreturn self.fc(x.view(2, 8, -1).transpose(1, 2))", "2x3x4x6")
    assert (laid.transposes, laid.outputs) == ([], [(0, 1, 2)])


def test_tokens_go_back_into_an_image_for_nothing(lay_out: LayOut) -> None:
    laid = lay_out(
        "x = self.fc(self.conv(x).flatten(2).transpose(1, 2))\n"
        "return self.again(x.transpose(1, 2).reshape(2, 8, 4, 6))",
        "2x3x4x6",
    )
    assert (laid.transposes, laid.outputs) == ([], [LAST])


def test_a_channel_shuffle_is_exactly_one_transpose(lay_out: LayOut) -> None:
    laid = lay_out(
        "x = self.conv(x)\n"
        "n, c, h, w = x.shape\n"
        "x = x.view(n, 2, c // 2, h, w).transpose(1, 2).contiguous().view(n, c, h, w)\n"
        "return self.again(x)",
        "2x3x4x6",
    )
    assert [perm for _, perm in laid.transposes] == [(0, 1, 2, 4, 3)]
    assert laid.outputs == [LAST]


def test_heads_are_split_where_the_program_splits_them(lay_out: LayOut) -> None:
    laid = lay_out("n, t, c = x.shape\nreturn torch.relu(self.fc(x).view(n, t, 2, 4).transpose(1, 2))", "2x5x8")
    assert laid.outputs == [(0, 1, 2, 3)]
    assert laid.transposes == []


def test_operands_of_different_orders_are_brought_into_one(lay_out: LayOut) -> None:
    laid = lay_out("return torch.cat([self.conv(x), z], 1)", "2x3x4x6", "2x8x4x6")
    assert (laid.inputs, laid.outputs) == ([LAST, FIRST], [LAST])
    assert laid.transposes == [("concat", (None, (0, 2, 3, 1)))]


def test_sums_of_different_orders_are_brought_into_one(lay_out: LayOut) -> None:
    laid = lay_out("return self.conv(x) + z", "2x3x4x6", "2x8x4x6")
    assert laid.outputs == [LAST]
    assert laid.transposes == [("add", (0, 2, 3, 1))]


def test_an_input_takes_the_order_of_its_first_reader_with_a_wish(lay_out: LayOut) -> None:
    laid = lay_out("return self.conv(x), self.again(torch.relu(z) * 2)", "2x3x4x6", "2x8x4x6")
    assert (laid.inputs, laid.transposes) == ([LAST, LAST], [])


def test_matrix_products_want_the_sources_order(lay_out: LayOut) -> None:
    laid = lay_out("x = self.conv(x)\nreturn x @ x.transpose(-2, -1)", "2x3x4x6")
    assert {perm for _, perm in laid.transposes} <= {(0, 3, 1, 2), (0, 3, 2, 1)}
    assert len(laid.transposes) == 2
    assert laid.outputs == [FIRST]


@pytest.mark.parametrize(
    ("index", "order"),
    [
        ("y[:, 2]", (0, 1, 2)),  # the channels go: rows and columns remain as they stand
        ("y[0]", (1, 2, 0)),
        ("y[..., 0]", (0, 2, 1)),
        ("y[:, 1:3, 0, :]", (0, 2, 1)),
        ("y[:, :, 1:, ::2]", LAST),
        ("y.mean((2, 3))", (0, 1)),
        ("y.sum(1)", (0, 1, 2)),
        ("y.mean(1, keepdim=True)", LAST),
        ("y.mean(1, keepdim=True).squeeze(1)", (0, 1, 2)),
        ("y.mean(3, keepdim=True).squeeze(3)", (0, 2, 1)),
        ("y.sum(1).unsqueeze(1)", FIRST),
    ],
)
def test_axes_that_go_or_come_leave_the_others_where_they_are(lay_out: LayOut, index: str, order: Order) -> None:
    laid = lay_out(f"y = self.conv(x)\nreturn {index}", "2x3x4x6")
    assert laid.outputs == [order]
    assert laid.transposes == []


def test_a_layer_on_the_last_axis_takes_channels_where_they_are_stored(lay_out: LayOut) -> None:
    free = lay_out("return self.norm(self.conv(x).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)", "2x3x4x6")
    assert (free.transposes, free.outputs) == ([], [LAST])


def test_a_layer_on_the_last_axis_of_an_image_needs_its_columns_last(lay_out: LayOut) -> None:
    laid = lay_out("return F.layer_norm(self.conv(x), (6,))", "2x3x4x6")
    assert [perm for _, perm in laid.transposes] == [(0, 3, 1, 2)]


def test_every_value_of_a_run_has_an_order_of_its_rank(lay_out: LayOut) -> None:
    laid = lay_out("y = self.conv(x)\nz = y.flatten(2).mean(2)\nreturn self.fc(z), y.permute(1, 0, 2, 3)", "2x3x4x6")
    for node in laid.run.nodes:
        for value in node.results:
            assert sorted(laid.layout.orders[value.id]) == list(range(len(value.type.shape)))


def test_a_flattened_value_in_another_order_is_never_combined_silently(lay_out: LayOut) -> None:
    """Where one reader cannot absorb, nobody is asked to: there is no block and nothing is refused."""
    laid = lay_out("x = self.conv(x).flatten(1)\nreturn self.wide(x) + self.wide(x * torch.tanh(x))", "2x3x4x6")
    assert laid.refused == []


def test_visits_that_differ_by_an_axis_of_one_get_one_text(
    convert: Callable[..., Converted], write_source: Callable[..., Path]
) -> None:
    made = convert(
        write_source(
            """
            import torch
            from torch import nn

            class Heads(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.out = nn.Linear(8, 8)

                def forward(self, x):
                    b, n, c = x.shape
                    h = x.view(b, n, 2, 4).transpose(1, 2)
                    h = torch.matmul(h, h.transpose(-1, -2)) @ h
                    return self.out(h.transpose(1, 2).reshape(b, n, c))

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.a = Heads()
                    self.b = Heads()

                def forward(self, x):
                    return self.b(self.a(x)[:, :1])
            """
        ),
        "2x5x8",
        model="Net()",
    )
    assert "ops.swapaxes(h, 1, 2)" in made.text


WINDOWS = """
import torch
from torch import nn
from einops import rearrange
from einops.layers.torch import Rearrange

class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(8, 8)

    def forward(self, x):
        b, h, w, p, q, c = x.shape
        y = self.lin(rearrange(x, "b h w p q c -> (b h w) (p q) c"))
        return rearrange(y, "(b h w) (p q) c -> b h w p q c", h=h, w=w, p=p) + x

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 1)
        self.block = nn.Sequential(
            Rearrange("b c (h p) (w q) -> b h w p q c", p=2, q=2),
            Inner(),
            Rearrange("b h w p q c -> b c (h p) (w q)"),
            Rearrange("b c (p h) (q w) -> b h w p q c", p=2, q=2),
            Inner(),
            Rearrange("b h w p q c -> b c (p h) (q w)"),
        )
        self.head = nn.Conv2d(8, 4, 1)

    def forward(self, x):
        return self.head(self.block(self.stem(x)))
"""


def test_a_module_that_reads_sizes_gets_one_order_from_all_its_callers(
    convert: Callable[..., Converted], write_source: Callable[..., Path], opset: OpSet
) -> None:
    made = convert(write_source(WINDOWS), "1x3x8x8", model="Net()")
    assert "b, h, w, p, q, c = ops.shape(x)" in made.text
    assert prove(made, KerasDialect(), opset, Path("windows_keras.py")).why is None


def test_what_cannot_be_said_leaves_the_storage_order_as_it_is(lay_out: LayOut) -> None:
    laid = lay_out("return self.again(torch.special.i0(self.conv(x)))", "2x3x4x6")
    assert (laid.inputs, laid.outputs, laid.transposes) == ([LAST], [LAST], [])


@pytest.mark.parametrize(
    "gate",
    [
        "self.fc(y.mean((2, 3)))[:, :, None, None]",
        "self.fc(y.mean((2, 3)))[..., None, None]",
        "self.fc(y.mean((2, 3))).unsqueeze(-1).unsqueeze(-1)",
        "self.fc.bias[:, None, None]",
        "self.fc.bias[None, :, None, None]",
    ],
)
def test_a_vector_beside_an_image_is_stretched_in_its_order(lay_out: LayOut, gate: str) -> None:
    laid = lay_out(f"y = self.conv(x)\nreturn y * {gate}", "2x3x4x6")
    assert (laid.outputs, laid.transposes) == ([LAST], [])


def test_a_new_axis_beside_the_samples_leaves_an_image_channels_last(lay_out: LayOut) -> None:
    assert lay_out("return self.conv(x)[:, None]", "2x3x4x6").outputs == [(0, 1, 3, 4, 2)]
