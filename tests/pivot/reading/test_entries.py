"""Which model of a file is meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
NET = """
class Net(nn.Module):
    def __init__(self, hidden=8):
        super().__init__()
        self.fc = nn.Linear(4, hidden)
    def forward(self, x):
        return self.fc(x)
"""


def test_a_library_is_imported_by_an_entry(read: Read) -> None:
    done = read(NET, "2x4", model="Net(__import__('math').floor(7.5))")
    assert done.network.outputs[0].type.shape[1] == 7


def test_the_only_model_is_taken(read: Read) -> None:
    assert read(NET, "2x4").network.entry == "Net()"


@pytest.mark.parametrize(
    ("model", "width"),
    [("Net", 8), ("Net()", 8), ("Net(hidden=16)", 16), ("Net(hidden=2 * 8)", 16), ("build", 5), ("build(6)", 6),
     ("Maker.make()", 7), ("net", 9), ("net@0", 3), ("net@1", 9)],
)  # fmt: skip
def test_a_model_is_named_by_an_expression(read: Read, model: str, width: int) -> None:
    text = f"""{NET}
def build(n=5):
    return Net(n)
class Maker:
    @staticmethod
    def make():
        return Net(hidden=7)
net = Net(3)
net = Net(9)
"""
    done = read(text, "2x4", model=model)
    assert done.network.nodes[0].results[0].type.shape[-1] == width


def test_the_model_that_no_other_uses_is_taken(read: Read) -> None:
    text = f"{NET}\nclass Whole(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    text += "        self.net = Net()\n    def forward(self, x):\n        return self.net(x)\n"
    assert read(text, "2x4").network.entry == "Whole()"


def test_the_main_block_tells_the_model(read: Read) -> None:
    text = f'{NET}\nclass Other(Net):\n    pass\nif __name__ == "__main__":\n    model = Net(hidden=3).to("cuda")\n'
    assert read(text, "2x4").network.entry == "Net(hidden=3)"


def test_a_builder_without_arguments_is_taken_and_said_so(read: Read) -> None:
    text = NET.replace("hidden=8", "hidden") + "\ndef small():\n    return Net(4)\ndef large():\n    return Net(64)\n"
    done = read(text, "2x4")
    assert done.network.entry == "small()"
    assert any(p.code == "entry" and "--model" in p.remedy for p in done.network.problems)


def test_a_function_that_returns_what_a_model_computes_builds_none(read: Read) -> None:
    text = (
        NET.replace("hidden=8", "hidden") + "\ndef demo():\n    net = Net(6)\n    return net(torch.randn(2, 4)).shape\n"
    )
    assert read(text).network.entry == "Net(6)"


def test_a_class_that_mentions_itself_is_still_the_whole_model(read: Read) -> None:
    whole = (
        NET.replace("Net", "Whole").replace("nn.Linear(4, hidden)", "Net()").replace("super()", "super(Whole, self)")
    )
    assert read(NET + whole, "2x4").network.entry == "Whole()"


def test_names_are_bound_from_outside(read: Read) -> None:
    text = NET.replace("hidden=8", "hidden=opt.hidden + extra")
    bind = {"opt": "SimpleNamespace(hidden=6)", "extra": "1 + 2"}
    assert read(text, "2x4", bind=bind).network.nodes[0].results[0].type.shape[-1] == 9


def test_attributes_of_self_are_bound_from_outside(read: Read) -> None:
    text = NET.replace("nn.Linear(4, hidden)", "nn.Linear(4, self.units)")
    assert read(text, "2x4", bind={"self.units": "5"}).network.nodes[0].results[0].type.shape[-1] == 5


@pytest.mark.parametrize(
    ("text", "model", "code", "why"),
    [
        ("x = 1", None, "no-model", "no model class found"),
        ("", None, "no-model", "no model class found"),
        ("def f(): pass", None, "no-model", "no model class found"),
        (NET.replace("hidden=8", "hidden, plan"), None, "model", "Net needs arguments (hidden, plan)"),
        (NET, "Nut()", "unbound", "'Nut' is not bound"),
        (NET, "Nut", "model", "there is no model 'Nut'"),
        (NET, "Net(", "model", "'Net(' is not an expression"),
        (NET, "Net(3, 4)", "arguments", "__init__ takes 2 arguments"),
        (NET, "Net(width=3)", "arguments", "'width' is not taken"),
        (NET, "3", "model", "not a model"),
        (NET, "net@4", "model", "bound 0 times"),
    ],
)
def test_refusals_tell_what_to_do(
    read: Read, refused: Callable[..., Problem], text: str, model: str | None, code: str, why: str
) -> None:
    problem = refused(read, text, "2x4", model=model)
    assert problem.code == code
    assert why in problem.why
    assert problem.remedy


def test_an_unbound_name_is_refused_with_the_option_that_binds_it(read: Read, refused: Callable[..., Problem]) -> None:
    problem = refused(read, NET.replace("hidden=8", "hidden=opt.hidden"), "2x4")
    assert (problem.code, problem.line) == ("unbound", 6)
    assert problem.remedy == "bind it with --set opt=VALUE"


def test_a_model_of_the_librarys_own_is_found(read_keras: Read) -> None:
    head = "import keras\nimport tensorflow as tf\nfrom keras import layers\n\n"
    builder = "def build():\n    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])\n    return model\n"
    assert read_keras(head + builder).network.entry == "build()"
    assert read_keras(f"{head}a = keras.Sequential([keras.Input((4,)), layers.Dense(3)])\n").network.entry == "a"
    needs = builder.replace("build()", "build(width)")
    called = "if __name__ == '__main__':\n    print(build(3)(tf.zeros((2, 4))).shape)\n"
    assert read_keras(head + needs + called).network.entry == "build(3)"


@pytest.mark.parametrize(
    "head",
    [
        "try:\n    import keras as k\nexcept ImportError:\n    from tensorflow import keras as k\n",
        "import tensorflow as tf\nif tf.__version__[0] == '2':\n    from tensorflow import keras as k\n"
        "else:\n    import keras as k\n",
    ],
)
def test_a_library_that_is_imported_by_one_of_two_ways_builds_models(read_keras: Read, head: str) -> None:
    builder = "def build():\n    return k.Sequential([k.Input((4,)), k.layers.Dense(3)])\n"
    assert read_keras(head + builder).network.entry == "build()"


@pytest.mark.parametrize(
    ("signature", "entry"),
    [
        ("weights='imagenet', classes=3", "build(weights=None)"),
        ("classes=3, pretrained=True", "build(pretrained=False)"),
        ("classes=3, *, load_weights=True", "build(load_weights=False)"),
        ("weights=None, pretrained=False", "build()"),
    ],
)
def test_a_builder_is_asked_for_no_trained_weights(read_keras: Read, signature: str, entry: str) -> None:
    text = f"def build({signature}):\n    return keras.Sequential([keras.Input((4,)), layers.Dense(3)])\n"
    done = read_keras(text)
    assert done.network.entry == entry
    assert any("no trained weights" in p.why for p in done.network.problems) is (entry != "build()")


@pytest.mark.parametrize(("loaded", "entry"), [("'a.keras'", "model@0"), ("'b.keras'", "")])
def test_a_model_that_the_file_saves_and_loads_again_is_the_one_that_it_built(
    read_keras: Read, refused: Callable[..., Problem], loaded: str, entry: str
) -> None:
    text = f"""
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    model.save('a.keras')
    model = keras.models.load_model({loaded})
    """
    if entry:
        assert read_keras(text, model="model").network.entry == entry
    else:
        assert "load_model" in refused(read_keras, text, model="model").why


def test_a_model_that_goes_into_another_one_is_not_the_entry(read: Read) -> None:
    text = f"""{NET}
class Both(nn.Module):
    def __init__(self, inner, device):
        super().__init__()
        self.inner = inner
    def forward(self, x):
        return self.inner(x) * 2
inner = Net(6)
model = Both(inner, torch.device("cpu")).to("cpu")
"""
    assert read(text, "2x4").network.entry == "Both(inner, torch.device('cpu'))"


MAIN = """
from dataclasses import dataclass
@dataclass
class Config:
    width: int = 4
class Inner(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.fc = nn.Linear(config.width, config.width)
    def forward(self, x):
        return self.fc(x)
class Outer(nn.Module):
    def __init__(self, one, other, config, name):
        super().__init__()
        self.one, self.other = one, other
    def forward(self, x):
        return self.one(x) + self.other(x)
"""


@pytest.mark.parametrize(
    ("lines", "entry"),
    [
        (["config, name = Config(width=4), 'a'", "net = Outer(Inner(config), Inner(config), config, name)"],
         "Outer(Inner(Config(width=4)), Inner(Config(width=4)), Config(width=4), 'a')"),
        (["config = Config()", "inner = Inner(config)", "net = Outer(inner, inner, config, 'b').to('cuda')"],
         "(lambda inner: Outer(inner, inner, Config(), 'b'))(Inner(Config()))"),
    ],
)  # fmt: skip
def test_names_of_the_block_that_makes_the_model_are_said_by_what_they_stand_for(
    read: Read, lines: list[str], entry: str
) -> None:
    body = "".join(f"    {line}\n" for line in lines)
    for head in ('if __name__ == "__main__":\n', "def main():\n"):
        done = read(f"{MAIN}{head}{body}", "2x4")
        assert done.network.entry == entry
        assert len(done.network.parameters) == (2 if "lambda" in entry else 4)


def test_an_object_that_the_block_changes_is_not_said_by_what_made_it(read: Read) -> None:
    body = "c = Config()\n    c.width = 8\n    net = Outer(Inner(c), Inner(c), c, 0)\n"
    text = f'{MAIN}if __name__ == "__main__":\n    {body}'
    done = read(text, "2x8")
    assert done.network.entry == "Outer(Inner(c), Inner(c), c, 0)"
    assert {parameter.type.shape[-1] for parameter in done.network.parameters} == {8}


def test_the_model_that_main_shows_comes_before_the_last_one(read: Read) -> None:
    text = f"{NET}\nclass Loss(nn.Module):\n    def forward(self, a, b):\n        return (a - b).mean()\n"
    text += "def main():\n    net = Net(hidden=6)\n    net(torch.randn(2, 4))\nif __name__ == '__main__':\n    main()\n"
    assert read(text).network.entry == "Net(hidden=6)"


def test_what_a_condition_binds_is_not_taken_for_done(read: Read, refused: Callable[..., Problem]) -> None:
    block = "if __name__ == '__main__':\n    n = 3\n    {}\n    net = Net(n)\n"
    assert read(f"{NET}\n{block.format('n = 5')}", "2x4").network.entry == "Net(5)"
    assert "'n' is not bound" in refused(read, f"{NET}\n{block.format('if n > 9: n = 5')}", "2x4").why
