"""The model of a program that parses its command line in a function or under `if __name__ == "__main__":`."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from pivot.problems import Problem
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


DECIDES = NET.replace("hidden, bias=bias", "4 if hidden > 0 else 5")


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


def entry_of(read: Read, change: str, made: str = "Net(args.hidden)", after: str = "") -> str:
    """The entry of a program whose main block does something to its arguments."""
    body = indented(f"{PARSER}{change}\nnet = {made}\n{after}")
    return read(f"{NET}\nimport sys\ndef prepare(a):\n    a.hidden = 8\n{MAIN}{body}\n", "2x4").network.entry


def test_what_stands_in_a_block_is_done(read: Read) -> None:
    assert entry_of(read, "args.hidden += 2") == "Net(8)"
    assert entry_of(read, "setattr(args, 'hidden', 5)") == "Net(5)"
    assert entry_of(read, "o = args\no.hidden = 3") == "Net(3)"
    assert entry_of(read, "", after="args.hidden = 3") == "Net(6)"
    assert entry_of(read, "args.where = sys.argv[0]") == "Net(6)"
    assert entry_of(read, "args, rest = p.parse_known_args()") == "Net(6)"


@pytest.mark.parametrize(
    "change",
    [
        "if args.hidden > 3:\n    args.hidden = 9",
        "for n in range(3):\n    args.hidden = n",
        "args.hidden = int(sys.argv[1])",
        "prepare(args)",
        "vars(args).update(hidden=3)",
        "if sys.argv:\n    args = None",
        "args = p.parse_args(['--hidden', '9', 'here'])",
    ],
)
def test_what_nobody_can_tell_is_asked_for(read: Read, refused: Callable[..., Problem], change: str) -> None:
    """None of these may count as the default without a word."""
    body = indented(f"{PARSER}{change}\nnet = Net(args.hidden)\n")
    text = f"{DECIDES}\nimport sys\ndef prepare(a):\n    a.hidden = 8\n{MAIN}{body}"
    problem = refused(read, text, "2x4")
    assert "--set" in problem.remedy or "--model" in problem.remedy


@pytest.mark.parametrize(
    "change",
    ["if args.hidden > 3:\n    args.hidden = 9", "args.hidden += 1", "prepare(args)", "vars(args).update(hidden=3)"],
)
def test_what_a_file_does_to_its_arguments_beside_the_definitions(
    read: Read, refused: Callable[..., Problem], change: str
) -> None:
    net = DECIDES.replace("hidden > 0", "args.hidden > 0")
    problem = refused(read, f"{net}\ndef prepare(a):\n    a.hidden = 8\n{PARSER}{change}\nnet = Net(2)\n", "2x4")
    assert "may set hidden of the command line" in problem.why


def test_nothing_is_said_of_a_command_line_that_no_model_needs(read: Read) -> None:
    done = read(f"{NET}\n{MAIN}{indented(PARSER)}    net = Net(3)\n", "2x4")
    assert done.network.problems == ()


def test_what_the_command_line_has_to_give_is_not_invented(read: Read, refused: Callable[..., Problem]) -> None:
    assert (
        "has to give data" in refused(read, f"{DECIDES}\n{MAIN}{indented(PARSER)}    net = Net(args.data)\n", "2x4").why
    )
