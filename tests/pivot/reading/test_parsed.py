"""Parsed files that are remembered."""

from __future__ import annotations

import ast

from pivot.reading.parsed import Parsed, copied
from pivot.reading.syntax import parse

TEXT = '''"""A file."""

# about f
def f(x, *, y=0x10):  # behind
    x[:, 0].fill_(1)
    return (x +
            y)  # the end
'''


def everything(tree: ast.AST) -> list[object]:
    """All nodes with all that hangs on them."""
    found: list[object] = []
    for node in ast.walk(tree):
        plain = {k: v for k, v in node.__dict__.items() if not isinstance(v, (ast.AST, list))}
        found.append((type(node), sorted(plain.items(), key=lambda item: item[0])))
    return found


def test_a_copy_has_all_that_was_read_and_shares_no_node() -> None:
    tree = parse(TEXT, "a.py")
    twin = copied(tree)
    assert everything(twin) == everything(tree)
    own = {id(node) for node in ast.walk(tree) if hasattr(node, "lineno")}
    assert not own & {id(node) for node in ast.walk(twin)}
    shared = ast.Name("x", ast.Load())
    both = copied(ast.Tuple([shared, shared], ast.Load()))
    assert both.elts[0] is both.elts[1], "a node at two places stays one node"


def test_notes_on_a_tree_reach_nobody_else() -> None:
    parsed = Parsed()
    assert parsed.tree(TEXT, "a.py") is not parsed.tree(TEXT, "a.py")
    assert not parsed._trees, "nothing is kept unless a process wants it"
    parsed.remember()
    first = parsed.tree(TEXT, "a.py")
    first.body[1].__dict__["note"] = first.body[1].name = "g"
    first.body.clear()
    again = parsed.tree(TEXT, "a.py")
    assert everything(again) == everything(parse(TEXT, "a.py"))
    assert parsed.tree(TEXT + "\nz = 1\n", "a.py").body[-1].lineno == 9
    assert len(parsed._trees) == 2


def test_copies_made_ahead_are_handed_out_once() -> None:
    parsed = Parsed()
    parsed.remember()
    parsed.tree(TEXT, "a.py")
    parsed.tree(TEXT, "a.py")
    parsed.prepare()
    ahead = list(parsed._ready.values())
    first, second = parsed.tree(TEXT, "a.py"), parsed.tree(TEXT, "a.py")
    assert [first] == ahead and second is not first
    assert everything(first) == everything(second) == everything(parse(TEXT, "a.py"))
    parsed.prepare()
    parsed.prepare()
    assert not parsed._ready, "what no run asked for any more is let go"
