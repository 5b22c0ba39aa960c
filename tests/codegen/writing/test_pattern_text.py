"""einops in the target: reshape, transpose and broadcast with the sizes that the source names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codegen.convert import Converted
from pivot.problems import Refusal

Call = Callable[..., str]
BEFORE = "from einops import rearrange, reduce, repeat\n"


def test_heads_are_split_and_joined_with_the_sources_names(call: Call) -> None:
    made = call(
        "self.heads = 4",
        'q = rearrange(x, "b n (h d) -> b h n d", h=self.heads)\n'
        'x = rearrange(q @ q.transpose(-1, -2), "b h i j -> b i (h j)")\nreturn x',
        "2x8x32",
        before=BEFORE,
    )
    flat = "".join(made.split())
    split = "ops.reshape(x,(-1,ops.shape(x)[1],self.heads,ops.shape(x)[2]//self.heads))"
    assert flat.startswith(f"q=ops.transpose({split},(0,2,1,3),)")
    assert flat.count("ops.transpose") == 2  # and before the heads are joined


def test_a_token_is_repeated_along_the_batch(call: Call) -> None:
    made = call(
        "self.token = nn.Parameter(torch.zeros(1, 1, 8))",
        'token = repeat(self.token, "1 1 d -> b 1 d", b=x.shape[0])\nreturn torch.cat((token, x), dim=1)',
        "2x5x8",
        before=BEFORE,
    )
    assert "token = ops.broadcast_to(self.token, (ops.shape(x)[0], 1, self.token.shape[2]))" in made


def test_only_the_order_of_axes_costs_nothing(call: Call) -> None:
    made = call(
        "self.lin = nn.Linear(3, 4)",
        'return self.lin(rearrange(x, "b c h w -> b h w c"))',
        "2x3x8x8",
        before=BEFORE,
    )
    assert made == "return self.lin(x)" or made == "return self.lin(ops.transpose(x, (0, 2, 3, 1)))"


def test_a_reduction_names_its_axes(call: Call) -> None:
    made = call(
        "self.lin = nn.Linear(8, 4)", 'return self.lin(reduce(x, "b n d -> b d", "mean"))', "2x5x8", before=BEFORE
    )
    assert made == "return self.lin(ops.mean(x, axis=1))"


def test_patches_in_a_sequential_are_one_lambda_with_one_transpose(init: Call) -> None:
    made = init(
        'patches = Rearrange("b c (h p1) (w p2) -> b (h w) (p1 p2 c)", p1=patch, p2=patch)\n'
        "self.net = nn.Sequential(patches, nn.Linear(48, 8))",
        "return self.net(x)",
        "2x3x8x8",
        signature="patch=4",
        before="from einops.layers.torch import Rearrange\n",
    )
    assert made.count("layers.Lambda") == made.count("ops.transpose") == 1
    assert "x.shape[1]" in made and "ops.shape(x)[2] // patch" in made


def test_a_pattern_that_does_not_fit_is_refused(call: Call) -> None:
    with pytest.raises(Refusal, match="for 4 axes, the tensor has 3"):
        call("pass", 'return rearrange(x, "b c h w -> b h w c")', "2x5x8", before=BEFORE)


def test_tensors_are_packed_along_one_axis_and_unpacked(written: Call) -> None:
    made = written(
        """
        from einops import pack, unpack

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.lin = nn.Linear(8, 8)

            def forward(self, x):
                x, sizes = pack([x, x[:, :2]], "b * d")
                x, _ = unpack(self.lin(x), sizes, "b * d")
                return x
        """,
        "2x5x8",
    )
    assert 'x, sizes = pack([x, x[:, :2]], "b * d")' in made
    assert "def unpack(tensor, packed_shapes, pattern):" in made


@pytest.mark.parametrize(("shape", "pattern"), [("2x5x8", "* d"), ("2x8", "b * d"), ("2x3x4x8", "b * d")])
def test_any_number_of_axes_is_packed(call: Call, shape: str, pattern: str) -> None:
    body = f'x, sizes = pack([x], "{pattern}")\ny, = unpack(self.l(x), sizes, "{pattern}")\nreturn y'
    made = call("self.l = nn.Linear(8, 8)", body, shape, before="from einops import pack, unpack\n")
    assert f'x, sizes = pack([x], "{pattern}")' in made


@pytest.mark.parametrize(
    ("call_of", "ops"),
    [
        ("einx.add('b n d, s d -> (b s) n d', x, self.w)", ["add", "flatten", "linear"]),
        ("einx.subtract('... d, ... n -> ... n d', x, 2 * x)", ["mul", "sub", "linear"]),
        ("einx.where('b n, b n d, -> b n d', x[..., 0] > 0, x, 0.)", ["index", "gt", "where", "linear"]),
    ],
)
def test_operations_of_einx_are_read_by_the_axes_of_their_patterns(
    conversion: Callable[..., Converted], call_of: str, ops: list[str]
) -> None:
    made = conversion(
        f"""
        import einx

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.w = nn.Parameter(torch.zeros(2, 8))
                self.l = nn.Linear(8, 8)

            def forward(self, x):
                return self.l({call_of})
        """,
        "2x5x8",
    )
    found = [node.op.name for node in made.done.network.nodes if node.op is not None]
    assert [name for name in found if name != "index"] == [name for name in ops if name != "index"]


def test_a_pattern_of_a_layer_that_is_never_applied_asks_for_no_order(written: Call) -> None:
    made = written(
        """
        from einops.layers.torch import Rearrange

        class Part(nn.Module):
            def __init__(self, heads, last=False):
                super().__init__()
                self.last = last
                self.split = nn.Sequential(
                    Rearrange('b n c -> b c n'),
                    nn.Conv1d(8, 8, 1),
                    Rearrange('b (h c) n -> b h n c', h=heads),
                    nn.LayerNorm(8 // heads),
                    Rearrange('b h n c -> b (h c) n'),
                    nn.Conv1d(8, 8, 1),
                )

            def forward(self, x):
                if self.last:
                    return x
                return self.split(x).transpose(1, 2)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.parts = nn.Sequential(Part(2), Part(4), Part(4, last=True))

            def forward(self, x):
                return self.parts(x)
        """,
        "2x5x8",
    )
    assert "layers.Conv1D" in made or "Conv1D(8, 1)" in made


def test_a_layer_that_is_handed_on_takes_its_sizes_from_a_dictionary(conversion: Callable[..., Converted]) -> None:
    made = conversion(
        """
        from einops.layers.torch import Rearrange

        class Net(nn.Module):
            def __init__(self, h=2, axes="hd"):
                super().__init__()
                pattern = f"b ({' '.join(axes)}) -> b h d"
                self.split = Rearrange(pattern, **dict(zip("h", [h])))

            def forward(self, x, split=False):
                return self.split(x) if split else x * 2
        """,
        "2x8",
        model="Net()",
    )
    assert "def rearrange(pattern, **lengths):" in made.text and 'lengths["h"]' in made.text
    assert any(problem.why.startswith("pattern counts as") for problem in made.written.problems)


def test_what_is_an_index_is_brought_into_the_sources_order(net: Call) -> None:
    init = (
        'pair = torch.meshgrid(torch.arange(2), torch.arange(2), indexing="ij")'
        '\ngrid = rearrange(torch.stack(pair), "c i j -> (i j) c")'
        "\nplaces = (grid[:, None] - grid[None, :] + 1).sum(-1)"
        '\nself.register_buffer("places", places, persistent=False)'
        "\nself.table = nn.Parameter(torch.randn(9))"
    )
    made = net(init, "return x + self.table[self.places]", "2x4x4", before=BEFORE)
    assert "ops.transpose(grid, (1, 2, 0))" in made and "ops.take(self.table, self.places, axis=0)" in made


def test_sizes_given_in_a_dictionary_are_taken_out_of_it(call: Call) -> None:
    made = call(
        "self.sizes = {'h': 2, 'w': 4}",
        'return rearrange(x, "b (h w) d -> b h w d", **self.sizes)',
        "2x8x3",
        before=BEFORE,
    )
    flat = "".join(made.split()).replace("'", '"')
    assert flat.startswith('returnops.reshape(x,(-1,self.sizes["h"],self.sizes["w"],')


def test_names_of_an_einstein_sum_become_letters(written: Call) -> None:
    made = written(
        """
        from einops import einsum

        class Net(nn.Module):
            def forward(self, x):
                return einsum(x, x, "... n dim, ... n e -> ... dim e")
        """,
        "2x5x8",
    )
    assert "return ops.einsum(equation, *tensors)" in made
    assert 'return einsum(x, x, "... n dim, ... n e -> ... dim e")' in made
