"""The children of a module by name, and modules that hold some of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.reading.keras import KerasDialect

GETTER = """
class Body(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.block = nn.Sequential(nn.ReLU(), nn.Conv2d(8, 8, 1))
        self.fc = nn.Linear(8, 2)

    def forward(self, x):
        return self.fc(self.block(self.conv(x)).mean((2, 3)))

class Getter(nn.ModuleDict):
    def __init__(self, model, wanted):
        if wanted not in [name for name, _ in model.named_children()]:
            raise ValueError("not there")
        parts = {}
        for name, module in model.named_children():
            parts[name] = module
            if name == wanted:
                break
        super().__init__(parts)

    def forward(self, x):
        for name, module in self.items():
            x = module(x)
        return x

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.getter = Getter(Body(), "block")

    def forward(self, x):
        height, width = x.shape[-2:]
        return self.getter(x)
"""


def test_children_are_asked_for_by_name_and_held_in_a_dict(written: Callable[..., str]) -> None:
    made = written(GETTER, "2x3x8x8")
    assert 'for name in ["conv", "block", "fc"]' in made and "(name, getattr(model, name))" in made
    assert "self.modules = dict(parts)" in made and "for name, module in self.modules.items():" in made
    assert "x = module(x)" in made


@pytest.mark.parametrize(
    ("loop", "target"),
    [
        ("self.n = sum([m.n for m in self.modules() if isinstance(m, Part)])", "m in self._flatten_layers()"),
        (
            "for m in self.modules():\n    if isinstance(m, Part):\n        m.n = 3",
            "for m in self._flatten_layers():\n            if isinstance(m, Part):\n                m.n = 3",
        ),
    ],
)
def test_modules_of_a_class_of_the_program_are_asked_for(net: Callable[..., str], loop: str, target: str) -> None:
    before = """class Part(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 2
        self.fc = nn.Linear(4, 4)
    def forward(self, x):
        return self.fc(x) * self.n

"""
    made = net(f"self.n = 1\nself.a = Part()\n{loop}", "return self.a(x) * self.n", "2x4", before=before)
    assert target in made


def test_a_part_of_the_shape_is_read_where_it_is_stored(net: Callable[..., str]) -> None:
    made = net(
        "self.conv = nn.Conv2d(3, 8, 1)", "size = x.shape[-2:]\nreturn self.conv(x).reshape(-1, 8, *size)", "2x3x4x6"
    )
    assert "size = ops.shape(x)[1:3]" in made


def test_an_ordered_dict_makes_a_sequential_of_its_values(written: Callable[..., str]) -> None:
    made = written(
        """
        from collections import OrderedDict

        class Block(nn.Sequential):
            def __init__(self, width):
                parts = OrderedDict()
                parts["conv"] = nn.Conv2d(3, width, 1)
                parts["old"] = nn.ReLU()
                del parts["old"]
                super().__init__(parts)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                blocks = [("first", Block(8))]
                self.parts = nn.Sequential(OrderedDict(blocks))

            def forward(self, x):
                return self.parts(x)
        """,
        "2x3x8x8",
    )
    assert "super().__init__(list(parts.values()))" in made and 'del parts["old"]' in made
    assert "keras.Sequential(list(OrderedDict(blocks).values()))" in made


def test_a_sequential_is_looped_over_by_its_layers(written: Callable[..., str]) -> None:
    made = written(
        """
        class Chain(nn.Sequential):
            def __init__(self):
                super().__init__(nn.Linear(4, 4), nn.ReLU())

            def forward(self, x):
                for part in self:
                    x = part(x)
                return x

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.chain = Chain()
                self.rest = nn.Sequential(nn.Linear(4, 4), nn.Tanh())
                self.count = len(self.rest)

            def forward(self, x):
                x = self.chain(x)
                for place, part in enumerate(self.rest):
                    x = part(x) * (place + 1)
                return x
        """,
        "2x4",
    )
    assert "for part in self.layers:" in made and "self.count = len(self.rest.layers)" in made
    assert "for place, part in enumerate(self.rest.layers):" in made


def test_a_sequential_of_named_layers_tells_their_names(written: Callable[..., str]) -> None:
    made = written(
        """
        from collections import OrderedDict

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.stem = nn.Sequential(OrderedDict([("conv", nn.Conv2d(3, 8, 1)), ("act", nn.ReLU())]))
                self.place = [name for name, _ in self.stem.named_children()].index("act")

            def forward(self, x):
                return self.stem(x) * self.place
        """,
        "2x3x8x8",
    )
    assert 'zip(["conv", "act"], self.stem.layers)' in made


def test_children_whose_names_differ_are_those_that_the_layer_tracks(written: Callable[..., str]) -> None:
    made = written(
        """
        class Stage(nn.Module):
            def __init__(self, depth):
                super().__init__()
                for i in range(depth):
                    self.add_module(f"b{i}", nn.Linear(4, 4))

            def forward(self, x):
                for block in self.children():
                    x = block(x)
                return x

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.one, self.two = Stage(1), Stage(2)

            def forward(self, x):
                return self.two(self.one(x))
        """,
        "2x4",
    )
    assert "for block in self._layers:" in made and 'setattr(self, f"b{i}", layers.Dense(4))' in made


SHARED_OUT = """
class Part(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.width = width
        self.shift = None

    def forward(self, x):
        return x[:, : self.width] + self.shift


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Sequential(Part(4), nn.ReLU(), Part(3))
        self.b = Part(2)

    def forward(self, x):
        rest = x
        for m in self.modules():
            if m.__class__.__name__ == "Part":
                m.shift = rest[:, : m.width]
                rest = rest[:, 1:]
        return self.b(self.a(x))
"""


def test_modules_that_a_name_tells_apart_come_in_their_order_where_a_turn_hangs_on_those_before(
    conversion: Callable[..., Converted], opset: OpSet, tmp_path: Path
) -> None:
    made = conversion(SHARED_OUT, "2x6")
    assert 'for m in layers_within(self):\n            if m.__class__.__name__ == "Part":' in made.text
    prove_text = Path(tmp_path / "net_keras.py")
    assert prove(made, KerasDialect(), opset, prove_text).why is None
    made.text = made.text.replace("in layers_within(self)", "in self._flatten_layers()")
    assert prove(made, KerasDialect(), opset, prove_text).why is not None  # Keras has those inside last to first


def test_a_part_of_a_row_that_is_asked_for_by_its_name_is_found_by_its_place(net: Callable[..., str]) -> None:
    made = net(
        """
self.a = nn.Sequential(OrderedDict([("conv", nn.Conv2d(3, 4, 3, stride=2, padding=1)), ("act", nn.ReLU())]))
self.b = nn.ModuleList()
self.b.add_module("fc", nn.ReLU())
""",
        "return self.b.fc(getattr(self.a, 'act')(self.a.conv(x)))",
        "1x3x8x8",
        before="from collections import OrderedDict\n",
    )
    assert "return self.b[0](self.a.layers[1](self.a.layers[0](x)))" in made
    assert made.count("keras.Sequential(") == 2  # what needs two layers stays one of the row


def test_the_named_children_of_a_class_that_is_a_dict_are_its_items(net: Callable[..., str]) -> None:
    made = net(
        "self.body = Parts({'a': nn.Linear(4, 4), 'b': nn.ReLU()})",
        "return self.body(x)",
        "2x4",
        before="""class Parts(nn.ModuleDict):
    def forward(self, x):
        for name, module in self.named_children():
            x = module(x)
        return x


""",
    )
    assert "for name, module in self.modules.items():" in made or "for module in self.modules.values():" in made


def test_a_layer_that_needs_two_stays_one_where_its_place_counts(net: Callable[..., str]) -> None:
    made = net(
        """
wide = nn.Conv2d(3, 4, 3, stride=2, padding=1)
parts = [wide, nn.ReLU()]
parts += [nn.Conv2d(4, 4, 3, stride=2, padding=1)]
self.parts = nn.ModuleList(parts)
named = [("a", nn.Conv2d(4, 4, 3, stride=2, padding=1)), ("b", nn.ReLU())]
self.row = nn.Sequential(OrderedDict(named))
""",
        "for k in range(len(self.parts)):\n    x = self.parts[k](x)\nreturn self.row(x)",
        "1x3x32x32",
        before="from collections import OrderedDict\n",
    )
    assert made.count("keras.Sequential(") == 4  # the row, and three convolutions with their padding


def test_attributes_by_name_are_asked_of_python_not_of_the_module(net: Callable[..., str]) -> None:
    made = net(
        "for i in range(2):\n    self.__setattr__('part_%d' % i, nn.Linear(4, 4))",
        "for i in range(2):\n    x = self.__getattr__('part_%d' % i)(x)\nreturn x",
        "2x4",
    )
    assert 'setattr(self, "part_%d" % i, layers.Dense(4))' in made
    assert 'x = getattr(self, "part_%d" % i)(x)' in made


def test_a_module_under_two_names_is_told_once(net: Callable[..., str]) -> None:
    made = net(
        "act = nn.Tanh()\nself.a = nn.Linear(4, 4)\nself.act = act\nself.b = nn.Linear(4, 4)\nself.again = act",
        "for layer in self.children():\n    x = layer(x)\nreturn x",
        "2x4",
    )
    assert 'for layer in [getattr(self, name) for name in ["a", "act", "b"]]:' in made


def test_a_part_that_is_asked_for_by_its_path_stands_there(net: Callable[..., str]) -> None:
    made = net(
        "self.body = nn.Sequential(nn.ReLU(), nn.Linear(4, 4))\n"
        'self.last = nn.Sequential(self.get_submodule("body.1"), self.get_submodule("body"))',
        "return self.last(x)",
        "2x4",
    )
    assert "self.last = keras.Sequential([self.body.layers[1], self.body])" in made
