"""One number that becomes another: found in the syntax without parsing, and nothing else is taken for it."""

from __future__ import annotations

import ast

import pytest

from pivot.reading.retuned.digits import changed_digits
from pivot.reading.syntax import parse

TEXT = '''\
@decorated(3, "3")
def f(x, n=2):
    """3 of them"""
    a = g(x, 3)  # 3 again
    b = f"{3}" + "7"
    return a[0], x3, 3.5, 0x3, b
'''


def changed(old: str, new: str, text: str = TEXT) -> tuple[str, str] | None:
    """Which number is another one now, and what it says."""
    assert text.count(old) == 1
    found = changed_digits(parse(text, "f.py"), text, text.replace(old, new))
    return None if found is None else (ast.unparse(found.above[-1]), found.text)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("g(x, 3)", "g(x, 4)", ("g(x, 3)", "4")),
        ("decorated(3,", "decorated(9,", ("decorated(3, '3')", "9")),
        ("n=2", "n=1", ("x, n=2", "1")),
        ("a[0]", "a[1]", ("a[0]", "1")),
        ("3 of them", "4 of them", None),  # a text
        ("# 3", "# 4", None),
        ('"7"', '"8"', None),
        ('f"{3}"', 'f"{4}"', None),  # places in f-strings mean nothing
        (" x3", " x4", None),
        ("3.5", "4.5", None),
        ("0x3", "0x4", None),
        ("g(x, 3)", "g(x, 34)", None),  # what stands behind it moves
        ("g(x, 3)", "g(y, 4)", None),
        ("a[0], x3", "a[1], x4", None),
        ("n=2", "n=x", None),
    ],
)
def test_a_number_is_found_where_it_stands(old: str, new: str, said: tuple[str, str] | None) -> None:
    assert changed(old, new) == said


def test_the_tree_becomes_that_of_the_new_text() -> None:
    new = TEXT.replace("g(x, 3)", "g(x, 4)")
    tree, anew = parse(TEXT, "f.py"), parse(new, "f.py")
    found = changed_digits(tree, TEXT, new)
    assert found is not None
    found.take()
    assert ast.dump(tree, include_attributes=True) == ast.dump(anew, include_attributes=True)
    texts = [[n.__dict__.get("source_text") for n in ast.walk(t) if isinstance(n, ast.Constant)] for t in (tree, anew)]
    assert texts[0] == texts[1]
