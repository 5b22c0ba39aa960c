"""Containers, calls of the program, and methods that modules offer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.static_proof import Proof

Init = Callable[..., str]
Call = Callable[..., str]
Net = Callable[..., str]
Written = Callable[..., str]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("nn.Sequential(nn.Linear(4, 4), nn.ReLU())", "keras.Sequential([layers.Dense(4), layers.ReLU()])"),
        (
            "nn.Sequential(*[nn.Linear(4, 4) for _ in range(2)])",
            "keras.Sequential([layers.Dense(4) for _ in range(2)])",
        ),
        (
            "nn.Sequential(OrderedDict([('a', nn.Linear(4, 4)), ('b', nn.ReLU())]))",
            "keras.Sequential([layers.Dense(4), layers.ReLU()])",
        ),
        ("nn.Sequential(*parts, nn.ReLU())", "keras.Sequential([*parts, layers.ReLU()])"),
    ],
)
def test_sequential(init: Init, source: str, target: str) -> None:
    made = init(
        f"parts = [nn.Linear(4, 4)]\nself.body = {source}",
        "return self.body(x)",
        "2x4",
        before="from collections import OrderedDict\n\n",
    )
    assert f"self.body = {target}" in made


def test_lists_and_dicts_of_modules_are_pythons_own(init: Init) -> None:
    made = init(
        "self.many = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 4)])\n"
        "self.more = nn.ModuleList()\nself.more.append(nn.Linear(4, 4))\n"
        "self.named = nn.ModuleDict({'a': nn.Linear(4, 4)})",
        "return self.named['a'](self.more[0](self.many[1](x)))",
        "2x4",
    )
    assert made == (
        "self.many = [layers.Dense(4), layers.Dense(4)]\n"
        "self.more = []\nself.more.append(layers.Dense(4))\n"
        'self.named = {"a": layers.Dense(4)}'
    )


def test_a_sequential_is_indexed_through_its_layers(call: Call) -> None:
    made = call("self.body = nn.Sequential(nn.Linear(4, 4), nn.ReLU())", "return self.body[1](self.body[0](x))", "2x4")
    assert made == "return self.body.layers[1](self.body.layers[0](x))"


def test_layers_added_to_a_sequential_subclass(written: Written) -> None:
    made = written(
        """
        class Stack(nn.Sequential):
            def __init__(self, n):
                super().__init__()
                for i in range(n):
                    self.add_module("fc%d" % i, nn.Linear(4, 4))
                self.act = nn.ReLU()

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = Stack(2)

            def forward(self, x):
                return self.body(x)
        """,
        "2x4",
    )
    assert "class Stack(keras.Sequential):" in made
    assert "for i in range(n):\n            self.add(layers.Dense(4))\n        self.add(layers.ReLU())" in made


def test_layers_of_a_module_dict_subclass(written: Written) -> None:
    made = written(
        """
        class Block(nn.ModuleDict):
            def __init__(self, n):
                super().__init__()
                for i in range(n):
                    self.add_module("fc%d" % i, nn.Linear(4, 4))

            def forward(self, x):
                for name, layer in self.items():
                    x = layer(x)
                return x

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = Block(2)

            def forward(self, x):
                return self.body(x)
        """,
        "2x4",
    )
    assert "class Block(layers.Layer):" in made
    assert "self.modules = {}" in made
    assert 'self.modules["fc%d" % i] = layers.Dense(4)' in made
    assert "for name, layer in self.modules.items():" in made


def test_attributes_set_by_name(init: Init) -> None:
    made = init(
        "self.add_module('fc', nn.Linear(4, 4))\nself.add_module('input', nn.Linear(4, 4))",
        "return self.fc(self.input(x))",
        "2x4",
    )
    assert made == "self.fc = layers.Dense(4)\nself.input_ = layers.Dense(4)"


def test_reserved_names_get_an_underscore(net: Net) -> None:
    made = net(
        "self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])\n"
        "self.input = nn.Linear(4, 4)\n"
        "self.name = 'n'",
        "x = self.input(x)\nfor layer in self.layers:\n    x = layer(x)\nreturn x",
        "2x4",
    )
    for text in (
        "self.layers_ = [",
        "self.input_ = layers.Dense(4)",
        'self.name_ = "n"',
        "self.input_(x)",
        "in self.layers_:",
    ):
        assert text in made


def test_calls_of_the_program_keep_their_arguments(written: Written) -> None:
    made = written(
        """
        class Part(nn.Module):
            def __init__(self, a, b=2, *, c=3):
                super().__init__()
                self.fc = nn.Linear(a, b * c)

            def forward(self, x, scale=1.0):
                return self.fc(x) * scale

        def make(*args, **kwargs):
            return Part(*args, **kwargs)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.one = Part(4, c=2)
                self.two = make(4, b=3)

            def forward(self, x):
                return self.two(self.one(x, scale=2.0))
        """,
        "2x4",
    )
    for text in ("Part(4, c=2)", "make(4, b=3)", "Part(*args, **kwargs)", "self.two(self.one(x, scale=2.0))"):
        assert text in made
    assert "def call(self, x, scale=1.0):" in made


def test_numbers_taken_out_of_a_tensor_that_is_known(init: Init) -> None:
    made = init(
        "rates = [r.item() for r in torch.linspace(0, 0.5, 3)]\nself.drop = nn.Dropout(rates[2])",
        "return self.drop(x)",
        "2x4",
    )
    assert made == ("rates = [float(r) for r in ops.linspace(0, 0.5, 3)]\nself.drop = layers.Dropout(rates[2])")


def test_pythons_sum_of_tensors_stays(call: Callable[..., str]) -> None:
    made = call(
        "self.fns = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])", "return sum([fn(x) for fn in self.fns])", "2x4"
    )
    assert made == "return sum([fn(x) for fn in self.fns])"


def test_a_method_that_only_reports_goes(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Linear(4, 4)
                print("parameters: %d" % self.count())

            def count(self):
                return sum(p.numel() for p in self.parameters())

            def forward(self, x):
                return self.a(x)
        """,
        "2x4",
    )
    assert "count" not in made and "print" not in made


def test_options_are_taken_from_locals(net: Callable[..., str]) -> None:
    made = net(
        "options = dict(locals())\nself.a = nn.Linear(4, options['width'])",
        "return self.a(x)",
        "2x4",
        signature="width=8",
    )
    assert "self.a = layers.Dense(options['width'])" in made.replace('"', "'")


def test_a_container_without_members_is_an_identity(written: Callable[..., str]) -> None:
    source = """
        class Net(nn.Module):
            def __init__(self, layers=()):
                super().__init__()
                self.shortcut = nn.Sequential()
                self.more = nn.Sequential(*layers)

            def forward(self, x):
                return self.more(self.shortcut(x)) + x
    """
    text = written(source, "2x4")
    assert "self.shortcut = layers.Identity()" in text or "self.shortcut = keras.layers.Identity()" in text
    assert "keras.Sequential(layers) if layers else keras.layers.Identity()" in text


def test_entries_of_a_module_dict_read_as_attributes(call: Call) -> None:
    made = call(
        "self.parts = nn.ModuleDict(dict(a=nn.Linear(4, 4), b=nn.ReLU()))",
        "return self.parts.b(self.parts.a(x))",
        "2x4",
    )
    assert made.replace("'", '"') == 'return self.parts["b"](self.parts["a"](x))'


def test_weights_that_are_tied_are_said_to_be_two(conversion: Callable[..., Converted]) -> None:
    made = conversion(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.emb = nn.Embedding(10, 4)
                self.head = nn.Linear(4, 10, bias=False)
                self.emb.weight = self.head.weight

            def forward(self, ids):
                return self.head(self.emb(ids))[:, [-1]]
        """,
        "2x5:int64",
    )
    assert "weight" not in made.text and "[:, -1:]" in made.text
    assert [p.severity for p in made.done.network.problems if p.code == "tied-weights"] == ["warning"]
    assert len(made.done.network.parameters) == 1


def test_a_library_is_asked_for_a_name(init: Init) -> None:
    made = init('self.fused = hasattr(F, "scaled_dot_product_attention")', "return x", "2x4")
    assert made == "self.fused = True"


def test_a_list_may_hold_none_in_the_place_of_a_module(call: Call) -> None:
    made = call(
        "self.body = nn.ModuleList([nn.ModuleList([nn.Linear(4, 4) if i else None, nn.ReLU()]) for i in range(2)])",
        "for skip, act in self.body:\n    if skip is not None:\n        x = skip(x)\n    x = act(x)\nreturn x",
        "2x4",
    )
    assert "for skip, act in self.body:\n    if skip is not None:\n        x = skip(x)" in made


def test_an_argument_without_meaning_is_left_out_where_it_has_a_default(call: Callable[..., str]) -> None:
    before = "def grid(n, device=None):\n    return torch.arange(n, device=device)\n\n\n"
    text = call("self.n = 4", "return x + grid(4, device=x.device)", "2x4", before=before)
    assert "grid(4)" in text


def test_layers_take_only_tensors_by_place(written: Written) -> None:
    text = written(
        """
        class Twice(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 4)

            def forward(self, x, mask, twice, y=None):
                x = self.fc(x) + y
                return x * 2 if twice else x

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.block = Twice()

            def forward(self, x, twice=True):
                return self.block(x, None, twice, x)
        """,
        "2x4",
    )
    assert "self.block(x, None, twice=twice, y=x)" in text


def test_pairs_of_name_and_module_are_spread_into_setattr(init: Init) -> None:
    made = init("for pair in [('one', nn.ReLU())]:\n    self.add_module(*pair)", "return self.one(x)", "2x4")
    assert "    setattr(self, *pair)" in made


def test_questions_about_the_run_that_were_never_asked_are_answered(call: Call) -> None:
    made = call(
        "self.double = False",
        "if self.training and self.double and not torch.jit.is_scripting():\n    return x * 2\nreturn x",
        "2x4",
    )
    assert made.startswith("if training and self.double:")


def test_layers_added_to_a_list_with_an_operator_are_seen(init: Init) -> None:
    made = init(
        "self.parts = nn.ModuleList()\nfor _ in range(2):\n    self.parts += [nn.Linear(4, 4)]",
        "for part in self.parts:\n    x = part(x)\nreturn x",
        "2x4",
    )
    assert "    self.parts.extend([layers.Dense(4)])" in made


def test_what_trains_or_reports_is_left_out(
    to_torch: Callable[..., tuple[Converted, Proof]], write_source: Callable[..., Path]
) -> None:
    text = """
        import keras
        from keras import layers


        def create_model():
            model = keras.Sequential([layers.Dense(4), layers.Dense(3)])
            model.compile(optimizer="adam", loss="mse")
            model.summary()
            return model
    """
    converted, proof = to_torch(write_source(text), "2x5", model="create_model()")
    assert proof.why is None
    assert "summary" not in converted.text
    assert "compile" not in converted.text


def test_a_class_that_is_only_a_sequential_is_given_its_layers_in_a_list(written: Written) -> None:
    made = written(
        """
        class Chain(nn.Sequential):
            def forward(self, x):
                for layer in self:
                    x = layer(x)
                return x

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                parts = [nn.Linear(4, 4), nn.ReLU()]
                self.chain = Chain(*parts)

            def forward(self, x):
                return self.chain(x)
        """,
        "2x4",
    )
    assert "self.chain = Chain(parts)" in made


def test_an_adapter_is_not_called_as_a_variable_where_it_is_used(written: Written) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self, linear=False, **options):
                super().__init__()
                self.linear = linear
                self.fc = nn.Linear(4, 2, **options)

            def forward(self, x):
                return self.fc(x)
        """,
        "2x4",
        model="Net(bias=False)",
    )
    assert "self.fc = linear_layer(4, 2, **options)" in made and "def linear_layer(" in made


def test_a_device_that_a_function_asks_for_goes(call: Call) -> None:
    before = (
        "def mask(size, device):\n    return None if size <= 0 else torch.arange(size, device=device)\n\n\n"
        "def powers(count, device):\n    return torch.pow(0.5, torch.arange(count, device=device))\n\n\n"
    )
    made = call(
        "", "m = mask(0, x.device)\nreturn x * powers(4, x.device) if m is None else x + m", "2x4", before=before
    )
    assert "m = mask(0)" in made
    assert "powers(4)" in made


def test_a_restated_class_is_named_however_the_program_finds_it(net: Net) -> None:
    made = net("self.rnn = getattr(nn, kind)(4, 8, 2)", "return self.rnn(x)[0]", "7x2x4", signature="kind='GRU'")
    assert "self.rnn = GRU(8, 2)" in made


def test_layers_added_to_a_list_by_name(init: Init) -> None:
    made = init(
        "self.many = nn.ModuleList()\nfor i in range(2):\n    self.many.add_module(f'part{i}', nn.Linear(4, 4))",
        "for layer in self.many:\n    x = layer(x)\nreturn x",
        "2x4",
    )
    assert made == "self.many = []\nfor i in range(2):\n    self.many.append(layers.Dense(4))"


def test_lists_of_parameters_are_pythons_own(init: Init) -> None:
    made = init(
        "self.many = nn.ParameterList([nn.Parameter(torch.ones(4)) for _ in range(2)])\n"
        "self.pairs = nn.ParameterList()\n"
        "self.pairs.append(nn.ParameterList([nn.Parameter(torch.zeros(4)), nn.Parameter(torch.zeros(1))]))\n"
        "self.named = nn.ParameterDict({'a': nn.Parameter(torch.zeros(4))})",
        "for scale in self.many:\n    x = x * scale\n"
        "for a, b in self.pairs:\n    x = x + a * b\nreturn x * self.named['a']",
        "2x4",
    )
    flat = "".join(made.split())
    one = 'self.add_weight(shape=(4,),initializer="{}")'
    assert f"self.many=[{one.format('ones')}for_inrange(2)]" in flat
    assert f"self.pairs=[]self.pairs.append([{one.format('zeros')}," in flat
    assert f'self.named={{"a":{one.format("zeros")}}}' in flat


DEVICE = """
import torch
import torch.nn as nn

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Net(nn.Module):
    def __init__(self, width, where, other=device):
        super().__init__()
        self.fc, self.where, self.other = nn.Linear(width, 2), where, other
        self.device = device

    def forward(self, x):
        return self.fc(x.to(self.where)) + torch.zeros(2).to(device)


model = Net(4, device).to(device)
"""


def test_a_device_of_the_file_is_none(convert: Callable[..., Converted], write_source: Callable[..., Path]) -> None:
    made = convert(write_source(DEVICE), "2x4")
    assert "other=None" in made.text
    assert "self.device = None" in made.text
    assert made.entry == "Net(4, None)"
    assert not [line for line in made.text.split("\n") if line.startswith("device")]


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ("nn.Linear(4, 4) for _ in range(2)", "self.many = [layers.Dense(4) for _ in range(2)]"),
        ("map(lambda n: nn.Linear(4, n), (4, 4))", "self.many = list(map("),
    ],
)
def test_a_list_of_layers_does_not_run_out(init: Init, given: str, target: str) -> None:
    made = init(f"self.many = nn.ModuleList({given})", "for layer in self.many:\n    x = layer(x)\nreturn x", "2x4")
    assert " ".join(made.split()).replace("( ", "(").startswith(target)


def test_layers_that_are_several_in_the_target_stay_one_of_a_list(init: Callable[..., str]) -> None:
    made = init(
        "self.many = nn.ModuleList([nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 3, 2, 1)])",
        "for layer in self.many:\n    x = F.relu(layer(x))\nreturn x",
        "1x3x8x8",
    )
    assert "keras.Sequential([layers.ZeroPadding2D()," in made
