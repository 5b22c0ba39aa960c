"""A text of which one statement was parsed anew has the tree that parsing it as a whole gives."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import pytest

from pivot.problems import Refusal
from pivot.reading.named_bases import bases_of
from pivot.reading.reparsing import reparsed
from pivot.reading.syntax import parse

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "resources/examples").glob("*.py"))
TEXT = '''import torch.nn as nn

# about Net
@decorated  # behind
class Net(nn.Module):
    """A net."""

    def __init__(self):
        nn.Module.__init__(self)
        self.a = nn.Conv2d(3, 8,  # channels
                           kernel_size=3)
        # the end of __init__

    # between
    def forward(self, x):
        return self.a(x)
        # the end of forward
    # the end of Net
# above f

def f(): return 1

x = 1; y = 2
'''


def everything(tree: ast.AST) -> list[object]:
    """All nodes with all that hangs on them."""
    found: list[object] = []
    for node in ast.walk(tree):
        plain = {k: v for k, v in node.__dict__.items() if not isinstance(v, (ast.AST, list))}
        found.append((type(node), sorted(plain.items(), key=lambda item: item[0])))
    return found


def again(old: str, new: str) -> ast.Module | None:
    """The tree of a new text by that of an old one."""
    tree = parse(old, "a.py")
    found = reparsed(tree, bases_of(tree.body), old, new, "a.py")
    if found is None:
        return None
    tree.body[found[0]] = found[1]
    return tree


@pytest.mark.parametrize(
    ("old", "new", "taken"),
    [
        ("kernel_size=3", "kernel_size=(5, 3)", True),
        ("# channels", "# of what comes in", True),
        ("# behind", "# in front", True),
        ("@decorated ", "@other.one ", True),
        ("        # the end of forward", "    # the end of forward", False),
        ("    # the end of Net", "# the end of Net", False),  # it is a comment of f now
        ("# about Net", "# about the net", False),  # it stands in no statement
        ("x = 1; y = 2", "x = 2; y = 2", False),  # two statements on one line
        ("def f(): return 1", "def f(): return 1; ", True),
        ("def f(): return 1", "f = 1; g = 2", False),
        ("def f(): return 1", "def f(): return (1", False),
        ("class Net(nn.Module):", "class Net(nn.Module, f):", False),  # now f is beside a sibling
        ("import torch.nn as nn", "import flax.nnx as nn", False),  # now the calls of bases mean something else
        ("nn.Module.__init__(self)", "super().__init__()", True),
        ("        return self.a(x)", "        return '''", False),
        ("        return self.a(x)", "        return self.a(x) \\", True),
        ("x = 1; y = 2\n", "x = 1; y = 2\n\n", False),  # another number of lines
    ],
)
def test_what_is_taken_and_what_is_not(old: str, new: str, taken: bool) -> None:
    text = TEXT.replace(old, new)
    assert text != TEXT
    made = again(TEXT, text)
    assert (made is not None) is taken
    if made is not None:
        assert everything(made) == everything(parse(text, "a.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_edits_of_examples(path: Path) -> None:
    chance, old, taken = random.Random(path.name), path.read_text(encoding="utf-8"), 0
    for _ in range(40):
        lines = old.split("\n")
        at = chance.randrange(len(lines))
        line = lines[at]
        lines[at] = chance.choice([
            line.replace("1", "12"), line.replace("self", "this"), line + "  # said", "", line + " ", "    " + line,
            line.replace("(", "((", 1).replace(")", "))", 1), line.lstrip(), "# said", line.replace("=", "==", 1),
        ])  # fmt: skip
        new = "\n".join(lines)
        try:
            whole = parse(new, "a.py")
        except Refusal:
            assert new == old or again(old, new) is None
            continue
        made = again(old, new) if new != old else None
        if made is not None:
            taken += 1
            assert everything(made) == everything(whole)
            old = chance.choice([old, new])
    assert taken > 5
