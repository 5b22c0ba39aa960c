"""What a layer was made with and what it learns, read from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.problems import Refusal
from pivot.reading.keras import KerasDialect

Call = Callable[..., str]


@pytest.mark.parametrize(
    ("layer", "forward", "target"),
    [
        ("nn.Dropout(0.3)", "return x * self.m.p", "return x * self.m.rate"),
        ("nn.Linear(4, 8)", "return self.m(x) * self.m.out_features", "return self.m(x) * self.m.units"),
        (
            "nn.Linear(4, 8)",
            "return self.m(x.to(self.m.weight.dtype))",
            "return self.m(ops.cast(x, self.m.compute_dtype))",
        ),
        ("nn.Linear(4, 8)", "return self.m(x) * self.m.in_features", "return self.m(x) * 4"),
        (
            "nn.Linear(4, 8)",
            "kind = self.m.weight.dtype\n"
            "if isinstance(self.m.weight, torch.Tensor) and kind != torch.int8:\n    x = x + 1\nreturn x",
            "kind = self.m.compute_dtype\nif kind != 'int8':\n    x = x + 1\nreturn x",
        ),
    ],
)
def test_attributes(call: Call, layer: str, forward: str, target: str) -> None:
    assert call(f"self.m = {layer}", forward, "2x4").replace('"', "'") == target


def test_windows_of_convolutions_are_one_number_per_axis(call: Call) -> None:
    text = call("self.m = nn.Conv2d(3, 8, 3)", "return self.m(x) * self.m.kernel_size[0]", "2x3x8x8")
    assert text.endswith("self.m.kernel_size[0]")


TABLE = """
        class Positions(nn.Embedding):
            def __init__(self, count, width):
                super().__init__(count, width)

            def forward(self, ids, places=None):
                if places is None:
                    return self.weight[: ids.shape[1]]
                return self.weight[places]

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.embed = nn.Embedding(20, 4)
                self.first, self.second = Positions(8, 4), Positions(8, 4)

            def forward(self, ids):
                x = self.embed(ids) + self.first(ids) + self.second(ids, ids)
                return x @ self.embed.weight.t()
        """


def test_weights_of_layers_have_the_targets_names(
    conversion: Callable[..., Converted], opset: OpSet, tmp_path: Path
) -> None:
    made = conversion(TABLE, "2x5:int64")
    assert "return self.embeddings[: ops.shape(ids)[1]]" in made.text
    assert "ops.take(self.embeddings, places, axis=0)" in made.text
    assert "x @ ops.swapaxes(self.embed.embeddings, 0, 1)" in made.text
    assert prove(made, KerasDialect(), opset, tmp_path / "net.py").why is None


def test_a_layer_that_is_never_called_has_no_weights(call: Call) -> None:
    with pytest.raises(Refusal, match="never called"):
        call("self.e = nn.ConvTranspose1d(4, 4, 1)", "return x @ self.e.weight[:, :, 0]", "2x4")
    assert "return x @ ops.swapaxes(self.e.weight, 0, 1)" in call(
        "self.e = nn.Embedding(8, 4)", "return x @ self.e.weight.t()", "2x4"
    )


def test_a_number_that_differs_between_layers_is_asked_of_the_target_layer(written: Callable[..., str]) -> None:
    made = written(
        """
        class Block(nn.Module):
            def __init__(self, width):
                super().__init__()
                self.conv = nn.Conv2d(3, width, 1)
                self.info = dict(name="block", width=self.conv.out_channels, source=self.conv.in_channels)

            def forward(self, x):
                return self.conv(x) * self.info["width"]

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.one, self.two = Block(4), Block(8)

            def forward(self, x):
                return self.one(x).mean() + self.two(x).mean()
        """,
        "2x3x8x8",
    )
    assert 'dict(name="block", width=self.conv.filters' in made


def test_what_a_derived_layer_was_made_with_is_what_its_base_was_given(conversion: Callable[..., Converted]) -> None:
    source = """
        class Segment(nn.Embedding):
            def __init__(self, width):
                super().__init__(3, width)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.segment = Segment(width=8)
                self.scale = nn.Parameter(torch.zeros(self.segment.embedding_dim))

            def forward(self, x):
                return self.segment(x) * self.scale
        """
    done = conversion(source, "2x5:int64<3")
    assert "shape=(self.segment.output_dim,)" in done.text


def test_a_weight_that_is_only_started_needs_no_place_in_the_target(conversion: Callable[..., Converted]) -> None:
    source = """
        import numpy as np

        def table(count, width):
            omega = np.arange(width, dtype=np.float)
            omega /= width / 2.0
            return np.einsum("m,d->md", np.arange(count, dtype=np.float32), omega)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.proj = nn.Conv2d(3, 8, 4, stride=4)
                self.places = nn.Parameter(torch.zeros(1, 64, 8), requires_grad=False)
                self.start()

            def start(self):
                places = table(self.places.shape[1], 8)
                self.places.data.copy_(torch.from_numpy(places).float().unsqueeze(0))
                w = self.proj.weight.data
                nn.init.xavier_uniform_(w.view([w.shape[0], -1]))

            def forward(self, x):
                return self.proj(x).flatten(2).transpose(1, 2) + self.places
        """
    assert "self.proj.kernel" not in conversion(source, "1x3x32x32").text


def test_a_weight_that_a_forward_pass_reads_is_computed_with_in_the_targets_order(call: Call) -> None:
    made = call("self.m = nn.Linear(3, 8)", "return self.m(x) @ (2 * self.m.weight)", "2x3")
    assert made == "return self.m(x) @ ops.transpose(2 * self.m.kernel, (1, 0))"


def test_a_table_that_is_made_of_a_weight_needs_the_targets_axes(conversion: Callable[..., Converted]) -> None:
    source = """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.proj = nn.Conv2d(3, 8, 4, stride=4)
                self.register_buffer("mean", self.proj.weight.detach().mean((1, 2, 3)))

            def forward(self, x):
                return self.proj(x) * self.mean[:, None, None]
        """
    with pytest.raises(Refusal, match="this weight has several places"):
        conversion(source, "1x3x32x32")


def test_a_layer_that_stands_in_a_row_with_its_padding_is_asked_there(net: Callable[..., str]) -> None:
    made = net(
        "self.c = CONV[2](3, 3, 1, stride=2, padding=1)",
        "x = self.c(x)\nif self.c.stride == (2, 2):\n    x = x[:, :, :-1]\nreturn x",
        "1x3x8x8",
        before="CONV = {2: nn.Conv2d}\n",
    )
    assert "if self.c.layers[1].strides == (2, 2):" in made
