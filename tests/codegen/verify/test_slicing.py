"""Only what a model needs is executed of a script."""

from __future__ import annotations

import ast

import pytest

from codegen.verify.slicing import SliceError, local_defaults, needed_statements

SCRIPT = """
from __future__ import annotations
import torch
from helpers import *
import pandas as pd
DATA = pd.read_csv("missing.csv")
WIDTH = 3
if WIDTH > 2:
    WIDTH = 4
def helper(x):
    return x * SCALE
SCALE = 2
class Base(torch.nn.Module):
    pass
class Net(Base):
    def __init__(self, width=WIDTH):
        self.rate = helper(width)
        DATA = 1
layers = []
layers.append(Base())
print("starts")
model = Net()
model.extra = Base()
model.fit(DATA)
model = torch.nn.Sequential(*layers)
model.add_module("tail", Net())
if __name__ == "__main__":
    opt = 1
    trained = Net(opt)
    trained.cuda()
"""


def kept(expression: str, text: str = SCRIPT, **given: bool) -> list[str]:
    tree = ast.parse(text)
    places = needed_statements(text, expression, frozenset(given))
    return [ast.unparse(tree.body[p[0]] if len(p) == 1 else tree.body[p[0]].body[p[1]]).split("\n")[0] for p in places]  # type: ignore[attr-defined]


HEAD = ["from __future__ import annotations", "import torch", "from helpers import *"]
NET = ["WIDTH = 3", "if WIDTH > 2:", "def helper(x):", "SCALE = 2", "class Base(torch.nn.Module):", "class Net(Base):"]


def test_a_class_brings_what_it_uses_and_nothing_that_runs() -> None:
    assert kept("Net(3)") == HEAD + NET


def test_a_name_bound_by_the_script() -> None:
    assert kept("model") == [*HEAD, *NET, "model = Net()", "model.extra = Base()"]
    second = [
        "layers = []",
        "layers.append(Base())",
        "model = torch.nn.Sequential(*layers)",
        "model.add_module('tail', Net())",
    ]
    assert kept("model@1") == [*HEAD, *NET, *second]


def test_a_model_made_under_the_main_guard() -> None:
    assert kept("trained")[-2:] == ["opt = 1", "trained = Net(opt)"]


def test_what_is_given_is_not_followed() -> None:
    assert "WIDTH = 3" not in kept("Net(3)", WIDTH=True)


def test_the_last_definition_of_a_name_counts() -> None:
    text = "class Net:\n    a = 1\nclass Net:\n    a = 2\n"
    assert needed_statements(text, "Net()") == [(1,)]


def test_scopes() -> None:
    text = "a = b = c = d = e = 1\nf = lambda a: a + [b for b in [c]][0]\n"
    text += "def g(x=d):\n    global h\n    h = e\nh = 0\nm = f(g())\n"
    assert needed_statements(text, "m") == [(0,), (1,), (2,), (4,)]
    assert needed_statements("d = 1\ndef g(d): return d\nm = g(2)", "m") == [(1,), (2,)]


def test_what_is_missing_is_named() -> None:
    for expression, why in (
        ("Other()", "Other is not defined"),
        ("model@5", "bound 2 times"),
        ("(1).real", "begin with a name"),
    ):
        with pytest.raises(SliceError, match=why):
            needed_statements(SCRIPT, expression)


def test_what_decorators_enter_in_a_table_comes_with_it() -> None:
    text = """
TABLE = {}
OTHER = {}
def register(name):
    def wrapper(cls):
        TABLE[name] = cls
        return cls
    return wrapper
def note(name):
    OTHER[name] = 1
    return lambda cls: cls
@register("one")
class One:
    size = WIDTH
@note("two")
class Two:
    pass
WIDTH = 3
@torch.no_grad()
def evaluate(data):
    return DATA
def build(name):
    return torch.nn.Sequential(TABLE[name]())
"""
    found = kept("build('one')", f"import torch\n{text}")
    assert "@torch.no_grad()" not in found
    assert "@register('one')" in found and "WIDTH = 3" in found
    assert "@note('two')" not in found and "OTHER = {}" not in found


def test_what_a_parser_is_told_comes_with_it() -> None:
    text = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--size", default=3)
other = argparse.ArgumentParser()
args = parser.parse_args()
"""
    found = kept("torch.nn.Linear(args.size, 2)", f"import torch\n{text}")
    assert "parser.add_argument('--size', default=3)" in found and "other = " not in found


def test_groups_of_arguments_come_with_their_parser() -> None:
    text = """
import argparse
parser = argparse.ArgumentParser()
group = parser.add_argument_group("model")
group.add_argument("--size", default=3)
other = argparse.ArgumentParser().add_argument_group("more")
other.add_argument("--none")
args = parser.parse_args()
"""
    found = kept("torch.nn.Linear(args.size, 2)", f"import torch\n{text}")
    assert found[3:5] == ["group = parser.add_argument_group('model')", "group.add_argument('--size', default=3)"]
    assert len(found) == 6


def test_globals_that_only_the_main_guard_binds_come_with_the_class_that_reads_them() -> None:
    text = """
class Net:
    size = lambda self: len(TABLE)
if __name__ == "__main__":
    words = "a b".split()
    TABLE = {}
    for word in words:
        TABLE[word] = 1
    net = Net()
    net.fit(words)
"""
    found = kept("Net()", f"import torch\n{text}")
    assert found == ["class Net:", "words = 'a b'.split()", "TABLE = {}", "for word in words:"]


LOCAL = """
from keras import Sequential, layers
WIDTH = 3
def load():
    return open("data").read()
def unrelated():
    return WIDTH
def main(width=8, *, deep=True):
    data = load()
    for row in data:
        print(row)
    model = Sequential([layers.Input((4,))])
    for _ in range(WIDTH):
        model.add(layers.Dense(width))
    if deep:
        model.add(layers.Dense(2))
    model.fit(data)
    for row in data:
        model.step = row
        model.train_on_batch(row)
main()
"""


def test_the_model_of_a_function_is_made_without_what_stands_around_it() -> None:
    assert kept("model@main", LOCAL) == [
        "from keras import Sequential, layers", "WIDTH = 3", "model = Sequential([layers.Input((4,))])",
        "for _ in range(WIDTH):", "if deep:",
    ]  # fmt: skip
    assert local_defaults(LOCAL, "model@main") == {"width": "8", "deep": "True"}
    assert local_defaults(LOCAL, "main()") == {}


def test_a_default_that_has_to_be_computed_is_named() -> None:
    with pytest.raises(SliceError, match=r"the default of n of main\(\) is no literal"):
        needed_statements("def main(n=size()):\n    model = Net(n)\n", "model@main")


def test_a_loop_that_trains_is_not_run_for_the_attributes_that_it_sets() -> None:
    text = "def Net(): ...\nmodel = Net()\nfor row in open('rows'):\n    model.step = row\n    model.fit(row)\n"
    assert kept("model", text) == ["def Net():", "model = Net()"]
