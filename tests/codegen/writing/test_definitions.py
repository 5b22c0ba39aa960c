"""Classes and functions keep their names, parameters and documentation; the framework's bases become the target's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.static_proof import Proof

Written = Callable[..., str]
Net = Callable[..., str]


def test_bases_that_are_not_known_go(written: Written) -> None:
    made = written(
        """
        from .elsewhere import Loading

        class Base(nn.Module):
            def forward(self, x):
                return x + 1

        class Net(Loading, Base):
            pass
        """,
        "2x4",
    )
    assert "class Net(Base):" in made and "Loading" not in made


def test_a_class_is_written_as_it_stood(written: Written) -> None:
    made = written(
        '''
        # the network
        class Net(nn.Module):
            """One layer.

            Args:
                width: Features.
            """

            def __init__(self, width: int = 4, *, classes: int = 2) -> None:
                """Make it."""
                super().__init__()
                # the only layer
                self.fc = nn.Linear(width, classes)  # logits

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                """x: (N, width)."""
                return self.fc(x)
        ''',
        "2x4",
    )
    assert (
        made
        == '''# the network
class Net(keras.Model):
    """One layer.

    Args:
        width: Features.
    """

    def __init__(self, width: int = 4, *, classes: int = 2) -> None:
        """Make it."""
        super().__init__()
        # the only layer
        self.fc = layers.Dense(classes)  # logits

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """x: (N, width)."""
        return self.fc(x)
'''
    )


@pytest.mark.parametrize(
    ("source", "base"),
    [("nn.Module", "layers.Layer"), ("nn.Sequential", "keras.Sequential")],
)
def test_bases(written: Written, source: str, base: str) -> None:
    body = "super().__init__(nn.Linear(4, 4), nn.ReLU())" if source == "nn.Sequential" else "super().__init__()"
    forward = (
        "" if source == "nn.Sequential" else "\n            def forward(self, x):\n                return F.relu(x)\n"
    )
    made = written(
        f"""
        class Part({source}):
            def __init__(self):
                {body}
{forward}
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.part = Part()

            def forward(self, x):
                return self.part(x)
        """,
        "2x4",
    )
    assert f"class Part({base}):" in made
    assert "class Net(keras.Model):" in made


def test_a_class_used_as_a_value_becomes_a_small_function_of_the_sources_signature(net: Net) -> None:
    made = net("self.norm = norm_layer(3)", "return self.norm(x)", "2x3x4x4", signature="norm_layer=nn.BatchNorm2d")
    assert made.startswith(
        "def batch_norm2d(num_features):\n"
        "    return layers.BatchNormalization(momentum=0.9, epsilon=1e-05)\n\n\n"
        "class Net"
    )
    assert "def __init__(self, norm_layer=batch_norm2d):" in made
    assert "self.norm = norm_layer(3)" in made


def test_an_adapter_takes_what_a_partial_gives_it(net: Net) -> None:
    made = net(
        "self.norm = norm_layer(3)",
        "return self.norm(x)",
        "2x3x4x4",
        signature="norm_layer=partial(nn.BatchNorm2d, eps=0.001)",
        before="from functools import partial\n\n",
    )
    assert "def batch_norm2d(num_features, eps=1e-05):" in made
    assert "epsilon=eps)" in made
    assert "norm_layer=partial(batch_norm2d, eps=0.001)" in made


def test_parameters_that_only_lead_to_the_loading_of_weights_go(conversion: Callable[..., Converted]) -> None:
    made = conversion(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 2)

            def forward(self, x):
                return self.fc(x)

        def build(url, progress):
            model = Net()
            if url is not None:
                model.load_state_dict(torch.hub.load_state_dict_from_url(url, progress=progress))
            return model

        def net(progress=True):
            return build(None, progress)
        """,
        "2x4",
        model="net()",
    )
    assert "progress" not in made.text
    assert "load_state_dict" not in made.text
    assert any("progress" in name for name in made.written.dropped)
    assert made.entry == "net()"


def test_the_mode_is_handed_through_helper_methods(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 4)

            def forward(self, x):
                return self.outer(x)

            def outer(self, x):
                return self.inner(x) + 1

            def inner(self, x):
                if self.training:
                    x = x * 2
                return self.fc(x)
        """,
        "2x4",
    )
    for line in (
        "def call(self, x, training=False):",
        "return self.outer(x, training=training)",
        "def outer(self, x, training=False):",
        "return self.inner(x, training=training) + 1",
        "def inner(self, x, training=False):",
        "if training:",
    ):
        assert line in made
    assert "self.training" not in made


def test_layers_that_only_training_reaches_are_built_too(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 4)
                self.aux = nn.Linear(4, 4)

            def forward(self, x):
                if self.training:
                    return self.fc(x), self.aux(x)
                return self.fc(x)
        """,
        "2x4",
    )
    assert "def build(self, input_shape):" in made
    assert made.index("def build") < made.index("def call")


def test_methods_nobody_met_are_left_out(net: Net) -> None:
    made = net("self.fc = nn.Linear(4, 4)", "return self.fc(x)\n", "2x4") + ""
    assert made.count("def ") == 2


def test_functions_of_the_module_are_kept_with_their_defaults(net: Net) -> None:
    made = net(
        "self.fc = nn.Linear(4, 4)",
        "return swish(self.fc(x), beta=2.0)",
        "2x4",
        before='def swish(x, beta=1.0):\n    """x times its gate."""\n    return x * torch.sigmoid(beta * x)\n\n\n',
    )
    assert made.startswith(
        'def swish(x, beta=1.0):\n    """x times its gate."""\n    return x * ops.sigmoid(beta * x)\n\n\nclass Net'
    )


def test_a_parameter_of_smaller_rank_is_transposed_to_broadcast(net: Callable[..., str]) -> None:
    made = net(
        "self.scale = nn.Parameter(torch.ones(8, 1, 1))\nself.conv = nn.Conv2d(3, 8, 1)",
        "return self.scale * self.conv(x)",
        "2x3x4x6",
    )
    assert "return ops.transpose(self.scale, (1, 2, 0)) * self.conv(x)" in made


def test_numbers_of_a_decomposition_are_said_by_the_source(net: Callable[..., str]) -> None:
    made = net(
        "self.fc = nn.Linear(4, 4)\nself.rate = rate",
        "noise = torch.empty(x.shape[0], 1, dtype=x.dtype).bernoulli_(self.rate)\nreturn self.fc(x) * noise",
        "2x4",
        signature="rate=0.3",
    )
    assert "dtype=x.dtype" in made and "< self.rate," in made


def test_fields_of_a_dataclass_stay_and_its_name_too(written: Callable[..., str]) -> None:
    made = written(
        """
        from dataclasses import dataclass

        @dataclass
        class _Config:
            width: int
            depth: int = 2

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.config = _Config(4)
                self.fc = nn.Linear(self.config.width, 4)

            def forward(self, x):
                return self.fc(x)
        """,
        "2x4",
    )
    assert "class _Config:\n    width: int\n    depth: int = 2\n" in made


def test_a_function_with_a_gradient_of_its_own_is_its_forward_pass(written: Callable[..., str]) -> None:
    made = written(
        """
        class Swish(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x * torch.sigmoid(x)

            @staticmethod
            def backward(ctx, grad):
                return grad * ctx.saved_tensors[0]

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 4)

            def forward(self, x):
                return Swish.apply(self.fc(x))
        """,
        "2x4",
    )
    assert "class Swish:\n    @staticmethod\n    def apply(x):\n        return x * ops.sigmoid(x)\n" in made
    assert "return Swish.apply(self.fc(x))" in made


WRAPPED = """
import functools

def scaled(by):
    def decorate(fn):
        @functools.wraps(fn)
        def wrapper(*args, **kwargs):
            return fn(*args, **kwargs) * by
        return wrapper
    return decorate

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.drop = nn.Dropout(0.1)

    @scaled(3.0)
    def forward(self, x):
        if self.training:
            x = x + 1
        return self.drop(self.fc(x))
"""


def test_decorators_that_replace_a_function_are_kept(written: Callable[..., str]) -> None:
    made = written(WRAPPED, "2x4")
    assert "    @scaled(3.0)\n    def call(self, x, training=False):" in made
    assert "def wrapper(*args, training=False, **kwargs):" in made
    assert "return fn(*args, **kwargs, training=training) * by" in made


def test_updates_of_buffers_are_left_out(written: Callable[..., str]) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 4)
                self.register_buffer("steps", torch.zeros(1))

            def forward(self, x):
                y = self.fc(x) * self.steps
                self.steps += 1
                self.steps[0] = 2.0
                self.steps = self.steps + y.sum()
                return y
        """,
        "2x4",
    )
    body = made.partition("def call(self, x):\n")[2]
    assert body.split("\n")[:2] == ["        y = self.fc(x) * self.steps", "        return y"]


def test_all_that_a_wrapper_calls_takes_the_mode_where_one_does(written: Callable[..., str]) -> None:
    plain = """
class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = Net()

    @scaled(2.0)
    def forward(self, x):
        return self.net(x)
"""
    assert "def call(self, x, training=False):\n        return self.net(x)" in written(
        WRAPPED + plain, "2x4", model="Plain()"
    )


def test_a_call_without_arguments_takes_the_mode(written: Written) -> None:
    made = written(
        """
        class Bias(nn.Module):
            def __init__(self):
                super().__init__()
                self.table = nn.Parameter(torch.zeros(4))

            def forward(self):
                return self.table * 2

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.bias = Bias()

            def forward(self, x):
                return x + self.bias()
        """,
        "2x4",
    )
    assert "def call(self, training=None):" in made and "return x + self.bias()" in made


@pytest.mark.parametrize("taken", ["a, b = inputs", "a = inputs[0]\n        b = inputs[1]"])
@pytest.mark.parametrize("more", ["", ", training=False"])
def test_a_list_of_all_inputs_becomes_arguments(
    tmp_path: Path, to_torch: Callable[..., tuple[Converted, Proof]], taken: str, more: str
) -> None:
    path = tmp_path / "model.py"
    path.write_text(
        f"""
import keras
from keras import layers


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.fc = layers.Dense(4)

    def call(self, inputs{more}):
        {taken}
        return self.fc(a) + b
""",
        encoding="utf-8",
    )
    made, proof = to_torch(path, "2x3", "2x4", model="Net()")
    assert proof.equal
    assert "def forward(self, *inputs" in made.text
    assert [spec.name for spec in made.done.network.inputs] == ["inputs0", "inputs1"]


def test_a_forward_method_of_a_plain_object_keeps_its_name(written: Callable[..., str]) -> None:
    made = written(
        """
        class Prior:
            def forward(self):
                return torch.Tensor([0.5, 1.0]).view(1, 2)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.prior = Prior().forward()

            def forward(self, x):
                return x * self.prior
        """,
        "2x2",
    )
    assert "def forward(self):" in made
    assert "def call(self, x):" in made


def test_the_constructor_of_a_base_class_that_sets_nothing_is_called(written: Callable[..., str]) -> None:
    made = written(
        """
        class Base(nn.Module):
            def __init__(self):
                super().__init__()

            def sample(self):
                raise NotImplementedError

        class Net(Base):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 4)

            def forward(self, x):
                return self.fc(x)
        """,
        "2x4",
    )
    assert made.count("super().__init__()") == 2


def test_methods_and_properties_have_the_names_by_which_they_are_asked_for(written: Callable[..., str]) -> None:
    made = written(
        """
        class Shaped:
            @property
            def input_shape(self):
                return (1, 4)

            def save(self):
                torch.save(self, "x.pt")

        class Net(Shaped, nn.Module):
            def build(self, n):
                return n + 1

            def forward(self, x):
                return x * self.input_shape[1] + self.build(3)
        """,
        "2x4",
    )
    assert "def input_shape_(self):" in made
    assert "def build_(self, n):" in made
    assert "x * self.input_shape_[1] + self.build_(3)" in made
    assert "save" not in made
