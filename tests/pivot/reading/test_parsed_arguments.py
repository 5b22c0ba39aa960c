"""The model of a program that parses its command line in a function or under `if __name__ == "__main__":`."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
NET = """
import argparse

class Net(nn.Module):
    def __init__(self, hidden, bias=True):
        super().__init__()
        self.fc = nn.Linear(4, hidden, bias=bias)

    def forward(self, x):
        return self.fc(x)
"""
TOLD = """
class Told(Net):
    def __init__(self, args):
        super().__init__(args.hidden, not args.no_bias)
"""
PARSER = """\
p = argparse.ArgumentParser()
g = p.add_argument_group("model")
g.add_argument("--hidden", type=int, default="6")
p.add_argument("--no-bias", action="store_true")
p.add_argument("data")
args = p.parse_args()
"""
MAIN = 'if __name__ == "__main__":\n'


def indented(text: str) -> str:
    return textwrap.indent(text, "    ")


def test_arguments_of_a_main_function_are_numbers_of_the_entry(read: Read) -> None:
    main = f"def main():\n{indented(PARSER)}    net = Net(args.hidden, bias=not args.no_bias)\n"
    done = read(f"{NET}\n{main}\n{MAIN}    main()\n", "2x4")
    assert done.network.entry == "Net(6, bias=not False)"
    assert [p.code for p in done.network.problems].count("command-line") == 1


SIMPLE = "Told(__import__('types').SimpleNamespace(hidden={}, no_bias=False{}))"


@pytest.mark.parametrize(
    ("rest", "entry"),
    [
        (f"{MAIN}{indented(PARSER)}    net = Told(args)\n", SIMPLE.format(6, "")),
        (f"{MAIN}{indented(PARSER)}    args.hidden = 9\n    args.on = True\n    net = Told(args)\n",
         SIMPLE.format(9, ", on=True")),
        (f"def get():\n{indented(PARSER)}    return args\n{MAIN}    opt = get()\n    net = Told(opt)\n",
         SIMPLE.format(6, "")),
        (f"def train(o):\n    net = Told(o).to(0)\n{MAIN}{indented(PARSER)}    train(args)\n", SIMPLE.format(6, "")),
        (f"def train(args, h):\n    net = Net(h)\n{MAIN}{indented(PARSER)}    train(args, h=args.hidden)\n", "Net(6)"),
        (f"{PARSER}net = Told(args)\n", "Told(args)"),
    ],
    ids=["main block", "changed", "function that parses", "handed on", "handed on by name", "module"],
)  # fmt: skip
def test_the_object_itself_is_given(read: Read, rest: str, entry: str) -> None:
    done = read(f"{NET}{TOLD if 'Told' in rest else ''}\n{rest}", "2x4")
    assert done.network.entry == entry
    assert done.network.outputs[0].type.shape[1] == (9 if "hidden = 9" in rest else 6)


def test_what_the_command_line_has_to_give_is_not_invented(read: Read) -> None:
    text = f"{NET}\n{MAIN}{indented(PARSER)}    net = Net(args.data)\n"
    with pytest.raises(Refusal) as refused:
        read(text, "2x4")
    assert "data" in str(refused.value) or "args" in str(refused.value)
