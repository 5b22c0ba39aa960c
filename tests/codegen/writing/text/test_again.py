"""What was printed before is taken over where it stands unchanged: the result is what printing it anew gives."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from codegen.writing import text as printing
from codegen.writing.text import print_module, spans_of
from codegen.writing.text.again import NOTES, PLACE
from codegen.writing.text.statements import Printer
from pivot.reading.syntax import parse

TEXT = '''"""A file."""
import keras


# above
@decorated  # why
def first(x, y=3):
    """Twice.

    And more.
    """
    # inside
    return x * (y + 0.0)  # behind


class Net(keras.Model):
    rate = 2

    def __init__(self, width=10):
        super().__init__()
        self.act = [keras.layers.ReLU(), keras.layers.Dense(width, name="a quite long name", use_bias=False)]
        if width > 3:
            self.more = 1
        # at the end

    def call(self, x):
        def inner(z):
            return z + 1
        return inner(self.act[0](x))


def last():
    return Net(
        4,
    )
'''


@pytest.mark.parametrize(
    ("old", "new", "anew"),
    [
        ("width=10", "width=12", {"__init__"}),
        ("rate = 2", "rate = 3\n    more = 4", set()),
        ("z + 1", "z + 2", {"call", "inner"}),
        ("# inside", "# within", {"first"}),
        ("0.0)", "-0.0)", {"first"}),
        ("    And", "      And", {"first"}),
        ("# above\n", "", {"first"}),
        ("\n\ndef last", "\nrate = 3\ndef last", {"last"}),
        ("        4,\n", "        4\n", {"last"}),
        ("def call", "def again", {"again", "inner"}),
        ("import keras\n\n\n# above\n", "if keras:\n    def added(): pass\n# above\n", {"added", "first"}),
    ],
)
def test_only_what_is_another_is_printed_anew(
    old: str, new: str, anew: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert TEXT.count(old) == 1
    known = print_module(parse(TEXT, "f.py")).known()
    text = TEXT.replace(old, new)
    whole = print_module(parse(text, "f.py"))
    made: set[str] = set()
    write = Printer._FunctionDef

    def noted(self: Printer, node: ast.FunctionDef, depth: int) -> None:
        made.add(node.name)
        write(self, node, depth)

    monkeypatch.setattr(Printer, "_FunctionDef", noted)
    printed = print_module(parse(text, "f.py"), known)
    assert made == anew
    assert printed.text == whole.text
    assert [place for _, *place in spans_of(printed)] == [place for _, *place in spans_of(whole)]
    assert [type(node) for node, *_ in spans_of(printed)] == [type(node) for node, *_ in spans_of(whole)]
    again = print_module(parse(text, "f.py"), printed.known())
    assert again.text == whole.text
    assert [place for _, *place in spans_of(again)] == [place for _, *place in spans_of(whole)]


def test_a_node_that_an_edit_changed_in_place_is_printed_anew() -> None:
    tree = parse("def f(x):\n    return x + 1\n", "f.py")
    known = print_module(tree).known()
    literal = next(node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    literal.value = 2
    literal.__dict__.pop("source_text")
    assert print_module(tree, known).text == "def f(x):\n    return x + 2\n"


def test_all_that_is_asked_of_nodes_is_compared() -> None:
    asked: set[str] = set()
    for file in Path(printing.__file__).parent.glob("*.py"):
        asked |= set(re.findall(r'getattr\([^,()]+(?:\.\w+)*, "(\w+)"', file.read_text(encoding="utf-8")))
        asked |= set(re.findall(r'_suite\([^)]*"(\w+)"\)', file.read_text(encoding="utf-8")))
    assert asked - {PLACE} == NOTES
