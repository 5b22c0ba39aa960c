"""Modules called: as the source calls them, with operands in the order the layer wants."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codegen.convert import Converted
from pivot.problems import Refusal

Call = Callable[..., str]


def test_a_layer_is_called_with_what_the_source_gives_it(call: Call) -> None:
    made = call("self.fc = nn.Linear(4, 4)", "return self.fc(F.relu(self.fc(input=x)))", "2x4")
    assert made == "return self.fc(ops.relu(self.fc(x)))"


def test_forward_is_the_call_itself(call: Call) -> None:
    made = call("self.fc = nn.Linear(4, 4)", "return self.fc.forward(x)", "2x4")
    assert made == "return self.fc(x)"


def test_forward_of_a_module_of_the_program_is_its_call(written: Callable[..., str]) -> None:
    made = written(
        """
        class Block(nn.Module):
            def forward(self, x):
                return torch.relu(x)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.block = Block()

            def forward(self, x):
                h = x + self.block.forward(x)
                return h.add(self.block.forward(h))
        """,
        "2x4",
    )
    assert "h = x + self.block(x)" in made and ".forward" not in made


def test_an_input_in_another_order_is_transposed_where_the_layer_is_applied(call: Call) -> None:
    made = call(
        "self.fc = nn.Linear(6, 5)\nself.conv = nn.Conv2d(3, 8, 1)", "y = self.conv(x)\nreturn self.fc(y)", "2x3x4x6"
    )
    assert made == "y = self.conv(x)\nreturn self.fc(ops.transpose(y, (0, 3, 1, 2)))"


def test_one_layer_may_be_applied_in_a_loop(call: Call) -> None:
    made = call("self.fc = nn.Linear(4, 4)", "for _ in range(3):\n    x = self.fc(x)\nreturn x", "2x4")
    assert made == "for _ in range(3):\n    x = self.fc(x)\nreturn x"


def test_functional_dropout_asks_for_the_mode(net: Callable[..., str]) -> None:
    made = net("self.fc = nn.Linear(4, 4)", "return F.dropout(self.fc(x), 0.3, training=self.training)", "2x4")
    assert "def call(self, x, training=False):" in made
    assert "keras.random.dropout(" in made and "if training else" in made


def test_super_forward_is_the_targets_method(written: Callable[..., str]) -> None:
    made = written(
        """
        class Base(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 4)

            def forward(self, x):
                return self.fc(x)

        class Net(Base):
            def forward(self, x):
                return super().forward(x) + 1
        """,
        "2x4",
    )
    assert "return super().call(x) + 1" in made


def test_a_layers_function_with_its_own_weights_is_its_call(written: Callable[..., str]) -> None:
    made = written(
        """
        class Norm(nn.BatchNorm1d):
            def __init__(self, n, eps=1e-3):
                super().__init__(n, eps=eps)
            def forward(self, x):
                if self.training and self.num_batches_tracked is not None:
                    self.num_batches_tracked.add_(1)
                mean = self.running_mean
                var = self.running_var
                return F.batch_norm(x, mean, var, self.weight, self.bias, self.training, self.momentum, self.eps)
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.norm = Norm(4)
            def forward(self, x):
                return self.norm(x)
        """,
        "2x4",
    )
    assert "def call(self, x, training=False):\n        return super().call(x, training=training)\n" in made


def test_a_definition_gets_its_tensors_in_one_order(written: Callable[..., str]) -> None:
    made = written(
        """
        class Mlp(nn.Module):
            def __init__(self, n):
                super().__init__()
                self.fc = nn.Linear(n, n)
            def forward(self, x):
                return self.fc(x)
        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                self.tokens = Mlp(5)
                self.channels = Mlp(6)
            def forward(self, x):
                x = x + self.tokens(x.transpose(1, 2)).transpose(1, 2)
                return x + self.channels(x)
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.blocks = nn.Sequential(Block(), Block())
            def forward(self, x):
                return self.blocks(x).mean(1)
        """,
        "2x5x6",
    )
    assert "x = x + ops.swapaxes(self.tokens(ops.swapaxes(x, 1, 2)), 1, 2)\n" in made
    assert "return x + self.channels(x)\n" in made


def test_one_layer_class_is_called_on_tensors_in_two_orders(written: Callable[..., str]) -> None:
    """What stands before a call is the business of that call, not of the class that made the layer."""
    made = written(
        """
        def norm(n, layer=nn.LayerNorm):
            return layer(n)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(3, 4, 1)
                self.one, self.two = norm(4), norm(4)

            def forward(self, x):
                x = self.conv(x)
                y = self.one(x.permute(0, 2, 3, 1))
                z = self.two(x.flatten(2).mean(2))
                return y.sum((1, 2)) + z
        """,
        "2x3x5x5",
    )
    assert "NotImplementedError" not in made


def test_a_layer_that_is_handed_on_brings_its_padding_along(written: Callable[..., str]) -> None:
    made = written(
        """
        class Pool(nn.Module):
            def __init__(self, pool):
                super().__init__()
                self.pool = pool

            def forward(self, x):
                return self.pool(x)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.one = Pool(nn.Conv2d(3, 4, 3, stride=2, padding=1))
                self.two = Pool(nn.Conv2d(4, 4, 1))

            def forward(self, x):
                return self.two(self.one(x))
        """,
        "2x3x8x8",
    )
    assert "self.one = Pool(" in made and "layers.ZeroPadding2D" in made and "pool_pad" not in made


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("self.att(x, x, x)[0]", "q = ops.transpose(x, (1, 0, 2)) return self.att(q, q, q)"),
        ("self.att(y, x, x)[0]", "v = ops.transpose(x, (1, 0, 2)) return self.att(ops.transpose(y, (1, 0, 2)), v, v)"),
    ],
)
def test_every_tensor_of_a_layer_comes_in_its_order_and_each_is_brought_there_once(
    net: Callable[..., str], call: str, text: str
) -> None:
    made = net("self.att = nn.MultiheadAttention(8, 2)", f"y = x * 2\nreturn {call}", "5x2x8")
    assert text in " ".join(made.split()).replace("( ", "(").replace(" )", ")")


def test_the_width_of_attention_fixes_the_axis_of_what_it_takes(conversion: Callable[..., Converted]) -> None:
    program = """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.att = nn.MultiheadAttention(8, 2, batch_first=True)

            def forward(self, x):
                return self.att(x, x, x)[0]
        """
    assert conversion(program, "2x5x8").done.network.inputs[0].value.type.shape[2] == 8
    with pytest.raises(Refusal, match="was made for 8 on axis 2, 9 arrive"):
        conversion(program, "2x5x9")
