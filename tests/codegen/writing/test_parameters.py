"""Parameters of a module's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.problems import Refusal
from pivot.reading.keras import KerasDialect

Init = Callable[..., str]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("nn.Parameter(torch.ones(width))", 'self.add_weight(shape=(width,), initializer="ones")'),
        ("nn.Parameter(torch.zeros(1, width))", 'self.add_weight(shape=(1, width), initializer="zeros")'),
        (
            "nn.Parameter(torch.randn(1, width) * 0.02)",
            "self.add_weight(shape=(1, width), initializer=keras.initializers.RandomNormal(stddev=0.02))",
        ),
        (
            "nn.Parameter(0.5 * torch.ones(width))",
            "self.add_weight(shape=(width,), initializer=keras.initializers.Constant(0.5))",
        ),
        (
            "nn.Parameter(torch.full((width,), 1e-6))",
            "self.add_weight(shape=(width,), initializer=keras.initializers.Constant(1e-6))",
        ),
        (
            "nn.Parameter(torch.ones(width), requires_grad=False)",
            'self.add_weight(shape=(width,), initializer="ones", trainable=False)',
        ),
        (
            "nn.Parameter(torch.ones(width), False)",
            'self.add_weight(shape=(width,), initializer="ones", trainable=False)',
        ),
        (
            "nn.Parameter(torch.ones(width), requires_grad=True)",
            'self.add_weight(shape=(width,), initializer="ones")',
        ),
        ("nn.Parameter(torch.ones(width) / width)", "keras.Variable(ops.ones((width,)) / width)"),
        ("nn.Parameter(torch.randn(1, 4).abs())", "keras.Variable(ops.abs(keras.random.normal((1, 4))))"),
        (
            "nn.Parameter(torch.linspace(0, 1, width), requires_grad=False)",
            "keras.Variable(ops.linspace(0, 1, width), trainable=False)",
        ),
    ],
)
def test_a_parameter_starts_from_the_same_values(init: Init, source: str, target: str) -> None:
    made = init(f"self.p = {source}", "return x * self.p", "2x4", signature="width=4")
    assert (
        " ".join(made.split())
        .replace("( ", "(")
        .replace(", )", ")")
        .replace(" )", ")")
        .replace(",)", ")")
        .replace("(width)", "(width,)")
        == f"self.p = {target}"
    )


def test_a_function_makes_parameters(written: Callable[..., str]) -> None:
    made = written(
        """
        def small(*shape, std=0.02):
            return nn.Parameter(torch.randn(*shape) * std)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b = small(8), small(1, 8)

            def forward(self, x):
                return x * self.a + self.b
        """,
        "2x8",
    )
    assert "return keras.Variable(keras.random.normal(shape) * std)" in made


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ('self.register_buffer("mean", torch.ones(4))', "self.mean = keras.Variable(ops.ones((4,)), trainable=False)"),
        ('self.register_buffer("scale", None)', "self.scale = None"),
        ('self.register_buffer("mean", torch.ones(4), persistent=False)', "self.mean = ops.ones((4,))"),
    ],
)  # fmt: skip
def test_a_buffer_is_a_variable_that_is_not_trained(init: Init, source: str, target: str) -> None:
    forward = "return x + self.mean" if "mean" in source else "return x if self.scale is None else x * 2"
    made = init(source, forward, "2x4", signature="width=4")
    assert made.strip() == target


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("nn.Buffer(torch.arange(4), persistent=False)", "ops.arange(4)"),
        (
            "nn.Buffer(torch.arange(4).float(), persistent=False)",
            "ops.cast(ops.cast(ops.arange(4), keras.config.floatx()), self.compute_dtype)",
        ),
        ("nn.Buffer(torch.arange(4))", "keras.Variable(ops.arange(4), dtype='int64', trainable=False)"),
        ("nn.Buffer(torch.zeros(4))", "self.add_weight(shape=(4,), initializer='zeros', trainable=False)"),
    ],
)
def test_buffers(init: Callable[..., str], source: str, target: str) -> None:
    text = init(f"self.b = {source}", "return x * self.b", "2x4")
    assert " ".join(text.replace('"', "'").split()).replace("( ", "(").replace(" )", ")") == f"self.b = {target}"


def test_the_shape_of_a_parameter_is_said_inside_what_it_starts_from(written: Callable[..., str]) -> None:
    made = written(
        """
        class Scale(nn.Module):
            def __init__(self, heads):
                super().__init__()
                self.scale = nn.Parameter(torch.log(10 * torch.ones((heads, 1))))

            def forward(self, x):
                return x * self.scale

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = nn.Sequential(Scale(3), Scale(1))

            def forward(self, x):
                return self.body(x)
        """,
        "2x3x4",
    )
    assert "self.scale = keras.Variable(ops.log(10 * ops.ones((heads, 1))))" in made


MASK = """
class Block(nn.Module):
    def __init__(self, shift):
        super().__init__()
        self.shift = shift
        mask = self.made()
        self.register_buffer("mask", mask{persistent})

    def made(self):
        return torch.arange(4).float() if self.shift else None

    def forward(self, x):
        return x if self.mask is None else x + self.mask


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = Block(False), Block(True)

    def forward(self, x):
        return self.two(self.one(x))
"""


@pytest.mark.parametrize("persistent", ["", ", persistent=False"])
def test_a_buffer_that_is_none_in_some_instances_stays_none(written: Callable[..., str], persistent: str) -> None:
    made = written(MASK.replace("{persistent}", persistent), "2x4")
    assert "None if mask is None else" in " ".join(made.split())


def test_a_buffer_that_may_be_none_needs_a_name(written: Callable[..., str]) -> None:
    unnamed = MASK.replace("mask = self.made()", "pass").replace("mask{persistent}", "self.made(), persistent=False")
    with pytest.raises(Refusal, match="None at some visits"):
        written(unnamed, "2x4")


TEACHER = """
class Part(nn.Module):
    def __init__(self):
        super().__init__()
        self.place = nn.Parameter(torch.zeros(4))

    def forward(self, x):
        return x + self.place


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.pupil, self.teacher = Part(), Part()
        for p in self.teacher.parameters():
            p.requires_grad = False

    def forward(self, x):
        return self.pupil(x) - self.teacher(x)
"""


def test_a_parameter_that_is_frozen_in_some_instances_is_said(conversion: Callable[..., Converted]) -> None:
    made = conversion(TEACHER, "2x4")
    assert "trainable" not in made.text
    (told,) = [p for p in made.written.problems if p.code == "frozen"]
    assert told.severity == "warning"


REPLACED = """
class Base(nn.Module):
    def __init__(self, count=4):
        super().__init__()
        self.places = nn.Parameter(torch.zeros(1, count, 8))


class Net(Base):
    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(8))
        self.places = nn.Parameter(torch.zeros(1, 6, 8))

    def forward(self, x):
        return (x + self.places) * self.gain
"""


def test_a_parameter_that_takes_the_place_of_another_is_the_only_one(
    conversion: Callable[..., Converted], opset: OpSet, tmp_path: Path
) -> None:
    """Keras would keep both, and ask a file of weights for both."""
    made = conversion(REPLACED, "2x6x8")
    assert "del self.places\n        self.places = self.add_weight(" in made.text
    assert prove(made, KerasDialect(), opset, tmp_path / "net.py").why is None
    assert list(made.done.network.root.parameters) == ["gain", "places"]


def test_a_buffer_that_names_float32_is_of_the_kind_of_its_layer(net: Callable[..., str]) -> None:
    made = net("self.register_buffer('a', torch.tensor([1, 2, 3], dtype=torch.float32))", "return x * self.a", "2x3")
    assert "keras.Variable(ops.array([1, 2, 3], 'float32'), dtype=self.compute_dtype, trainable=False" in " ".join(
        made.replace('"', "'").replace("(\n", "(").split()
    ).replace("( ", "(")


def test_a_buffer_that_a_constructor_binds_anew_stays_a_buffer(
    conversion: Callable[..., Converted], opset: OpSet, tmp_path: Path
) -> None:
    """As a plain attribute it would not be loaded from a file of weights."""
    source = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("table", torch.zeros(2))
        self.register_buffer("gain", torch.ones(3))
        self.reset()

    def reset(self):
        self.table = torch.arange(3.0)

    def forward(self, x):
        return x * self.gain + self.table
"""
    made = conversion(source, "2x3")
    assert "del self.table\n        self.table = keras.Variable(" in made.text
    assert prove(made, KerasDialect(), opset, tmp_path / "net.py").why is None
    assert list(made.done.network.root.parameters) == ["gain", "table"]


def test_the_shape_of_a_parameter_that_differs_is_said_by_whatever_gives_its_numbers(
    written: Callable[..., str],
) -> None:
    made = written(
        """
        class Table(nn.Module):
            def __init__(self, names, first=False):
                super().__init__()
                self.bias = nn.Parameter(torch.zeros(len(names), 5 if first else 4))
            def forward(self, x): return x + self.bias.sum()
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b = Table("ab"), Table("cde", True)
            def forward(self, x): return self.b(self.a(x))
        """,
        "2x3",
    )
    assert "shape=(len(names), 5 if first else 4)" in made


def test_a_parameter_that_gives_way_to_none_is_let_go(conversion: Callable[..., Converted]) -> None:
    made = conversion(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.norm = nn.LayerNorm(4)
                self.norm.bias = None
            def forward(self, x): return self.norm(x)
        """,
        "2x4",
    )
    assert "del self.norm.bias\n        self.norm.bias = None\n" in made.text
    assert list(made.done.network.root.children["norm"].hint.parameters) == ["weight"]
