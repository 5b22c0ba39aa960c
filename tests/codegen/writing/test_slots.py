"""Arguments of target calls: the source's own expressions where they say the same, else the numbers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.convert import Converted
from codegen.static_proof import Proof
from codegen.writing.slots import plain_pads
from codegen.writing.stored_params import place_of

Init = Callable[..., str]
Call = Callable[..., str]
Net = Callable[..., str]
Written = Callable[..., str]
UNIT = """
def unit(x{dim}):
    return F.normalize(x, dim={axis})

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(4, 4))

    def forward(self, x):
        return unit(x) @ unit(self.w{other})
"""


@pytest.mark.parametrize(
    ("signature", "source", "target"),
    [
        ("width=8", "nn.Conv2d(3, width, 3)", "layers.Conv2D(width, 3)"),
        ("width=8", "nn.Conv2d(3, width * 2, (3, 3))", "layers.Conv2D(width * 2, (3, 3))"),
        ("k=3", "nn.Conv2d(3, 8, k, bias=False)", "layers.Conv2D(8, k, use_bias=False)"),
        ("bias=True", "nn.Conv2d(3, 8, 1, bias=bias)", "layers.Conv2D(8, 1, use_bias=bias)"),
        ("d=2", "nn.Conv2d(3, 8, 3, dilation=d)", "layers.Conv2D(8, 3, dilation_rate=d)"),
        ("p=0.25", "nn.Dropout(p)", "layers.Dropout(p)"),
        ("m=0.25", "nn.BatchNorm2d(3, momentum=m)", "layers.BatchNormalization(momentum=1 - m, epsilon=1e-05)"),
        ("", "nn.BatchNorm2d(3)", "layers.BatchNormalization(momentum=0.9, epsilon=1e-05)"),
        ("", "nn.BatchNorm2d(3, eps=1e-3, momentum=0.01)", "layers.BatchNormalization()"),
        ("", "nn.MaxPool2d(2)", "layers.MaxPooling2D()"),
        ("", "nn.MaxPool2d(3, stride=1)", "layers.MaxPooling2D(3, strides=1)"),
        ("g=3", "nn.Conv2d(3, 6, 1, groups=g)", "layers.Conv2D(6, 1, groups=g)"),
        ("slope=0.3", "nn.LeakyReLU(slope)", "layers.Lambda(lambda x: ops.maximum(x, slope * x))"),
        ("p=2", "nn.ZeroPad2d(p)", "layers.ZeroPadding2D(p)"),
        ("", "nn.ZeroPad2d((1, 2, 0, 1))", "layers.ZeroPadding2D(((0, 1), (1, 2)))"),
    ],
)
def test_constructors(init: Init, signature: str, source: str, target: str) -> None:
    assert init(f"self.m = {source}", "return self.m(x)", "2x3x8x8", signature=signature) == f"self.m = {target}"


def test_one_number_is_the_padding_of_every_side(init: Init) -> None:
    made = init("self.m = nn.ReflectionPad2d(k // 2)", "return self.m(x)", "2x3x8x8", signature="k=3")
    assert "((0, 0), (k // 2, k // 2), (k // 2, k // 2), (0, 0))" in made


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("y.mean(1)", "ops.mean(y, axis=-1)"),
        ("y.mean((2, 3))", "ops.mean(y, axis=(1, 2))"),
        ("y.mean(dim=(2, 3), keepdim=True)", "ops.mean(y, axis=(1, 2), keepdims=True)"),
        ("torch.cat([y, y], 1)", "ops.concatenate([y, y], axis=-1)"),
        ("torch.cat((y, y), dim=2)", "ops.concatenate((y, y), axis=1)"),
        ("torch.softmax(y, dim=1)", "ops.softmax(y)"),
        ("torch.softmax(y, dim=3)", "ops.softmax(y, axis=2)"),
        ("torch.clamp(y, min=0)", "ops.maximum(y, 0)"),
        ("y.sum(-1)", "ops.sum(y, axis=2)"),
    ],
)
def test_axes_are_places_of_storage(call: Call, source: str, target: str) -> None:
    """The tensor is a convolution's result: channels stand last."""
    made = call("self.conv = nn.Conv2d(3, 8, 1)", f"y = self.conv(x)\nreturn {source}", "2x3x8x8")
    assert made == f"y = self.conv(x)\nreturn {target}"


def test_an_axis_that_callers_say_from_either_end_stays_theirs(written: Written) -> None:
    made = written(UNIT.format(dim=", dim=-1", axis="dim", other=", 0"), "2x3x4")
    assert "ops.norm(x, axis=dim, keepdims=True)" in made


def test_axes_of_tensors_of_several_ranks_are_counted_from_the_end(written: Written) -> None:
    made = written(UNIT.format(dim="", axis="-1", other=""), "2x3x4")
    assert "ops.norm(x, axis=-1, keepdims=True)" in made


def test_the_last_place_is_written_from_behind() -> None:
    assert [place_of((0, 2, 3, 1), axis) for axis in (0, 1, 2, 3, -1)] == [0, -1, 1, 2, 2]


def test_padding_that_both_sides_write_alike() -> None:
    assert plain_pads(1) and plain_pads((1, 2))
    assert not plain_pads("same") and not plain_pads(((1, 1), (0, 0)))


def test_numbers_that_no_text_says_are_written_once_for_all_visits(written: Callable[..., str]) -> None:
    """`"same"` is right where a 1x1 window has nothing to pad, too."""
    text = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.convs = nn.ModuleList([nn.Conv2d(3, 3, k, padding=k // 2) for k in (1, 3)])

            def forward(self, x):
                for conv in self.convs:
                    x = conv(x)
                return x
        """,
        "2x3x8x8",
    )
    assert 'layers.Conv2D(3, k, padding="same") for k in (1, 3)' in text
    ast.parse(text)


def test_pads_are_paired_from_the_list_of_the_source(call: Call) -> None:
    made = call(
        "self.c = nn.Conv2d(3, 3, 1)\nself.p = 1", "return F.pad(self.c(x), [self.p, 0, 0, self.p + 1])", "2x3x8x8"
    )
    assert "((0, 0), (0, self.p + 1), (self.p, 0), (0, 0))" in made


def test_numbers_per_axis_that_are_held_in_a_list_become_a_tuple(call: Call) -> None:
    """Keras' functions add tuples to them."""
    made = call(
        "self.w = nn.Parameter(torch.zeros(3, 1, 2, 2))\nself.s = [2, 2]",
        "return F.conv2d(x, self.w, None, self.s, 0, [1, 1], 3)",
        "2x3x8x8",
    )
    assert "strides=tuple(self.s)" in made


def test_equal_pieces_are_counted_on_the_axis_that_is_stored(call: Call) -> None:
    made = call("self.c = nn.Conv2d(3, 6, 1)", "a, b = torch.split(self.c(x), 3, dim=1)\nreturn a + b", "2x3x8x8")
    assert "a, b = ops.split(self.c(x), 2, axis=-1)" in made


def test_unequal_pieces_are_cut_on_the_axis_that_is_stored(call: Call) -> None:
    made = call(
        "self.c = nn.Conv2d(3, 6, 1)", "a, b = torch.split(self.c(x), 4, dim=1)\nreturn a.mean() + b.mean()", "2x3x8x8"
    )
    assert "a, b = ops.split(self.c(x), [4], axis=-1)" in made


def test_one_pixel_is_reshaped_into_the_order_of_what_it_is_combined_with(written: Callable[..., str]) -> None:
    source = """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(3, 6, 1)
                self.fc = nn.Linear(6, 6)

            def forward(self, x):
                y = self.conv(x)
                z = self.fc(y.mean((2, 3))).view(-1, 6, 1, 1)
                return y * z.expand_as(y)
    """
    text = written(source, "2x3x8x8")
    assert "(-1, 1, 1, 6)" in text
    assert "transpose" not in text


def test_computed_pads_are_paired_by_axis(written: Callable[..., str]) -> None:
    made = written(
        """
        class Pad(nn.Module):
            def __init__(self, width, height):
                super().__init__()
                self.pad = nn.ZeroPad2d((width, width + 1, height, height + 2))

            def forward(self, x):
                return self.pad(x)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.parts = nn.Sequential(Pad(1, 2), nn.Conv2d(3, 3, 1), Pad(0, 1))

            def forward(self, x):
                return self.parts(x)
        """,
        "2x3x8x8",
    )
    assert "self.pad = layers.ZeroPadding2D(((height, height + 2), (width, width + 1)))" in made


def test_the_type_of_another_tensor_stays_that_of_the_tensor(call: Call) -> None:
    made = call("", "y = x.int()\nreturn torch.cumsum(y, dim=1).type_as(y) * y", "2x4")
    assert "ops.cast(ops.cumsum(y, axis=1), y.dtype) * y" in made


def test_sizes_of_pieces_that_differ_are_said_in_the_source_s_words(written: Callable[..., str]) -> None:
    made = written(
        """
        class Block(nn.Module):
            def __init__(self, parts, a):
                super().__init__()
                self.parts = parts
                self.a = a

            def forward(self, x):
                p, q = torch.split(x, self.parts, dim=1)
                r, s, t = q.split([self.a, 1, self.a + 1], dim=1)
                return torch.cat([t, s, q, p, r], dim=1)[:, :12]

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = nn.Sequential(Block([8, 4], 1), Block([6, 6], 2))

            def forward(self, x):
                return self.body(x)
        """,
        "2x12",
    )
    assert "[sum(self.parts[:i]) for i in range(1, len(self.parts))]" in made
    assert "ops.split(q, [self.a, self.a + 1], axis=1)" in made


def test_pads_that_have_a_name_are_taken_out_of_it(call: Call) -> None:
    made = call("self.c = nn.Conv2d(3, 3, 1)\nself.pad = (1, 2, 3, 4)", "return F.pad(self.c(x), self.pad)", "2x3x8x8")
    pads = "((0, 0), (self.pad[2], self.pad[3]), (self.pad[0], self.pad[1]), (0, 0))"
    assert pads in made


def test_a_spread_list_of_tensors_is_spread_in_the_target(written: Written) -> None:
    made = written(
        """
        def grid(*tensors):
            return torch.meshgrid(*tensors, indexing="ij")

        class Net(nn.Module):
            def forward(self, x):
                a, b = grid(torch.arange(3), torch.arange(4))
                return x + a * b
        """,
        "2x3x4",
    )
    assert 'return ops.meshgrid(*tensors, indexing="ij")' in made


def test_a_buffer_that_is_filled_later_holds_what_it_is_filled_with(net: Net) -> None:
    made = net(
        "self.register_buffer('scale', torch.empty(4), persistent=False)\nself.scale.copy_(torch.arange(4) * 2)",
        "return x * self.scale",
        "2x4",
    )
    assert "self.scale = ops.cast(ops.arange(4" in made


def test_each_arm_of_a_choice_is_said_in_the_targets_notation(written: Callable[..., str]) -> None:
    text = written(
        """
        class Block(nn.Module):
            def __init__(self, kernel):
                super().__init__()
                self.pad = nn.ZeroPad2d((0, 1, 0, 1) if kernel == 3 else (1, 2, 1, 2))
                self.conv = nn.Conv2d(3, 3, kernel, stride=2)

            def forward(self, x):
                return self.conv(self.pad(x))


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = Block(3)
                self.b = Block(5)

            def forward(self, x):
                return self.b(self.a(x))
        """,
        "1x3x32x32",
    )
    assert "ZeroPadding2D(((0, 1), (0, 1)) if kernel == 3 else ((1, 2), (1, 2)))" in " ".join(text.split()).replace(
        "( (", "(("
    ).replace(") )", "))")


def test_an_axis_of_tensors_of_several_ranks_is_counted_from_the_end(written: Callable[..., str]) -> None:
    made = written(
        """
        def summed(x):
            return torch.cumsum(x, -2)

        class Net(nn.Module):
            def forward(self, x):
                return summed(x).sum() + summed(x.flatten(1, 2)).sum()
        """,
        "2x3x4x5",
    )
    assert "ops.cumsum(x, axis=-2)" in made or "ops.cumsum(x, -2)" in made


def test_a_list_of_sizes_is_handed_over_as_it_is(
    to_torch: Callable[..., tuple[Converted, Proof]], tmp_path: Path
) -> None:
    path = tmp_path / "net.py"
    source = "import keras\nfrom keras import ops\n\n\nclass Net(keras.Model):\n    def call(self, x):\n"
    source += "        size = [ops.shape(x)[0]] + [1] * (len(x.shape) - 1)\n        return x + ops.zeros(size)\n"
    path.write_text(source, encoding="utf-8")
    made, proof = to_torch(path, "3x4", model="Net()")
    assert proof.equal and "return x + torch.zeros(size)" in made.text


def test_a_new_axis_counted_from_the_end_stays_so_for_tensors_of_several_ranks(written: Written) -> None:
    made = written(
        """
        class Pool(nn.Module):
            def forward(self, xs):
                return torch.stack(xs, dim=-2).mean(dim=-2).unsqueeze(-1)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.pool = Pool()

            def forward(self, x):
                return self.pool([x, x]), self.pool([x[:, 0], x[:, 1]])
        """,
        "2x3x4",
    )
    assert "ops.expand_dims(ops.mean(ops.stack(xs, axis=-2), axis=-2), axis=-1)" in " ".join(made.split())


def test_the_numbers_of_a_tensor_stay_as_the_source_counts_them(init: Init) -> None:
    made = init(
        "self.register_buffer('a', torch.tensor([i % 3 for i in range(n)]))",
        "return x + self.a",
        "2x4",
        signature="n=4",
    )
    assert "ops.array([i % 3 for i in range(n)], 'int64')" in made.replace('"', "'")


def test_a_factor_that_is_a_whole_number_only_here(net: Callable[..., str]) -> None:
    """Keras takes whole numbers; a power of two is one, what a parameter says need not be."""
    made = net(
        "self.a = nn.Upsample(scale_factor=2.0 ** k)\nself.b = nn.Upsample(scale_factor=factor)",
        "return self.a(x) + self.b(x)",
        "1x3x8x8",
        signature="k=1, factor=2.0",
    )
    assert "self.a = layers.UpSampling2D(int(2.0**k))" in made
    assert "self.b = layers.UpSampling2D()" in made


RESIZED = """
import keras
from keras import layers


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.small, self.large = layers.Resizing(4, 4), layers.Resizing(8, 8)

    def call(self, x):
        return self.large(self.small(x))
"""


def test_a_name_for_a_size_of_every_axis_stays(to_torch: Callable[..., Any], write_source: Callable[..., Path]) -> None:
    converted, proof = to_torch(write_source(RESIZED), "1x6x6x3", model="Net()")
    assert proof.why is None
    assert "self.size" in converted.text.partition("F.interpolate(")[2].partition(")")[0]


NUMBERS = """
import keras
from keras import layers, ops


class Bound(layers.Layer):
    def __init__(self, count, half):
        super().__init__()
        self.count, self.half = count, half

    def call(self, x):
        count = self.count // 2 if self.half else self.count
        return ops.minimum(x, count - 1) + ops.zeros((1, 4), self.compute_dtype)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one, self.two = Bound(8, True), Bound(8, False)

    def call(self, x):
        return self.two(self.one(x))
"""


def test_a_number_beside_a_tensor_is_said_in_the_source_s_words(
    to_torch: Callable[..., Any], write_source: Callable[..., Path]
) -> None:
    converted, proof = to_torch(write_source(NUMBERS), "2x4", model="Net()")
    assert proof.why is None
    assert "torch.clamp(x, max=count - 1)" in converted.text
    assert "torch.zeros(1, 4)" in converted.text or "torch.zeros(1, 4, dtype=torch.float32)" in converted.text


PADDED = """
import keras
from keras import layers


class Patches(layers.Layer):
    def __init__(self, width, patch, stride):
        super().__init__()
        reach = patch // 2
        self.pad = layers.ZeroPadding2D(padding=(reach, {second}))
        self.conv = layers.Conv2D(width, patch, strides=stride)

    def call(self, x):
        return self.conv(self.pad(x))


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one, self.two = Patches(4, 7, 4), Patches(4, 3, 2)

    def call(self, x):
        return self.two(self.one(x))
"""


@pytest.mark.parametrize(
    ("second", "said"), [("reach", "reach"), ("reach + 1", "(reach + 1, reach + 1, reach, reach)")]
)
def test_a_padding_for_each_axis_is_said_by_what_the_source_calls_it(
    to_torch: Callable[..., Any], write_source: Callable[..., Path], second: str, said: str
) -> None:
    converted, proof = to_torch(write_source(PADDED.format(second=second)), "1x32x32x3", model="Net()")
    assert proof.why is None
    assert f"nn.ZeroPad2d({said})" in converted.text


ASKED = """
import keras
from keras import layers, ops


def standard(data_format=None):
    if data_format is None:
        return keras.config.image_data_format()
    return data_format


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.axis = -1 if standard() == "channels_last" else 1

    def call(self, x):
        kept = ops.empty((0, ops.shape(x)[1]), dtype=x.dtype)
        return ops.concatenate([kept, ops.mean(x, axis=self.axis)], axis=0)
"""


def test_what_the_library_answers_about_itself_is_written_as_its_answer(
    to_torch: Callable[..., Any], write_source: Callable[..., Path]
) -> None:
    converted, proof = to_torch(write_source(ASKED), "2x4x5", model="Net()")
    assert proof.why is None
    assert 'return "channels_last"' in converted.text


def test_an_epsilon_follows_the_layer_it_belongs_to(written: Callable[..., str]) -> None:
    made = written(
        """
        class Norm(nn.Module):
            def __init__(self, width, eps=1e-5):
                super().__init__()
                self.eps = eps
                self.weight = nn.Parameter(torch.ones(width))

            def forward(self, x):
                return F.layer_norm(x, (x.shape[-1],), self.weight, None, self.eps)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b = Norm(8), Norm(8, eps=1e-6)

            def forward(self, x):
                return self.b(self.a(x))
        """,
        "2x5x8",
    )
    assert "ops.layer_normalization(x, self.weight, epsilon=self.eps)" in made
