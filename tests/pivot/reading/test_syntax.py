"""Comments, blank lines and spellings on the syntax tree."""

from __future__ import annotations

import ast
import io
import sysconfig
import tokenize
from collections import Counter
from pathlib import Path

import pytest

from pivot.problems import Refusal
from pivot.reading.limits import Limits
from pivot.reading.syntax import check_tree, parse

STDLIB = Path(sysconfig.get_path("stdlib"))
NAMES = ("before", "after", "tail", "else_tail", "finally_tail", "def_before")


def attribute(text: str, kind: type[ast.AST], name: str, which: int = 0) -> object:
    """The attribute of the n-th node of a kind, in source order."""
    nodes = [node for node in ast.walk(parse(text, "f.py")) if isinstance(node, kind)]
    return getattr(nodes[which], name, None)


@pytest.mark.parametrize(
    ("text", "kind", "name", "expected"),
    [
        ("# a\n# b\nx = 1\n", ast.Assign, "before", ("# a", "# b")),
        ("# a\n\nx = 1\n", ast.Assign, "before", ("# a", "")),
        ("x = 1  # c\n", ast.Assign, "behind", "# c"),
        ("y\n\n\n\nx = 1\n", ast.Assign, "blank", 2),
        ("y\nx = 1\n", ast.Assign, "blank", 0),
        ("y\n\n# c\nx = 1\n", ast.Assign, "blank", 1),
        ("if a:  # c\n    b\n", ast.If, "behind", "# c"),
        ("if a: b = 1  # c\n", ast.Assign, "behind", "# c"),
        ("if a: b = 1  # c\n", ast.If, "behind", None),
        ("a = 1; b = 2  # c\n", ast.Assign, "behind", None),
        ("if a:\n    b\n    # c\nelse:\n    d\n", ast.If, "tail", ("# c",)),
        ("if a:\n    b\n# c\nelse:\n    d\n", ast.If, "tail", ("# c",)),
        ("if a:\n    b\nelse:  # c\n    d\n    # e\n", ast.If, "else_behind", "# c"),
        ("if a:\n    b\nelse:  # c\n    d\n    # e\nx\n", ast.If, "else_tail", ("# e",)),
        ("if a:\n    b\n# c\nelif d:\n    e\n", ast.If, "tail", ("# c",)),
        ("try:\n    b\n# c\nexcept E:\n    d\n", ast.Try, "tail", ("# c",)),
        ("try:\n    b\nexcept E:\n    d\n    # c\n", ast.ExceptHandler, "tail", ("# c",)),
        ("try:\n    b\nexcept E:  # c\n    d\n", ast.ExceptHandler, "behind", "# c"),
        ("try:\n    b\nfinally:  # c\n    d\n    # e\n", ast.Try, "finally_tail", ("# e",)),
        ("def f():\n    a\n    # c\n\n# d\nx\n", ast.FunctionDef, "tail", ("# c",)),
        ("def f():\n    if a:\n        b\n    # c\nx\n", ast.FunctionDef, "tail", ("# c",)),
        ("def f():\n    if a:\n        b\n        # c\nx\n", ast.If, "tail", ("# c",)),
        ("class A:\n    x = 1\n    # c\n", ast.ClassDef, "tail", ("# c",)),
        ("x\n\n# c\n", ast.Module, "tail", ("", "# c")),
        ("# only\n", ast.Module, "tail", ("# only",)),
        ("# a\n@d  # b\n# c\ndef f(): pass\n", ast.FunctionDef, "before", ("# a",)),
        ("# a\n@d  # b\n# c\ndef f(): pass\n", ast.FunctionDef, "def_before", ("# c",)),
        ("@d  # b\ndef f(): pass\n", ast.Name, "behind", "# b"),
        ("match a:\n    # c\n    case 1:\n        b\n", ast.match_case, "before", ("# c",)),
        ("x = f(\n    a,  # c\n    b,\n)\n", ast.Assign, "inside", ((2, "# c"),)),
    ],
)
def test_comments_of_statements(text: str, kind: type[ast.AST], name: str, expected: object) -> None:
    assert attribute(text, kind, name) == expected


@pytest.mark.parametrize(
    ("text", "element", "expected"),
    [
        ("f(\n    # c\n    a,\n)\n", "a", {"before": ("# c",)}),
        ("f(\n    a,  # c\n    b)\n", "a", {"behind": "# c"}),
        ("f(\n    b,\n    a  # c\n)\n", "a", {"behind": "# c"}),
        ("f(\n    a,\n    # c\n    # d\n)\n", "a", {"after": ("# c", "# d")}),
        ("x = (a  # c\n     + b)\n", "a", {"behind": "# c"}),
        ("x = (b\n     # c\n     + a)\n", "a", {"before": ("# c",)}),
        ("x = {\n    # c\n    a: 1,\n}\n", "a", {"before": ("# c",)}),
        ("x = [  # c\n    a]\n", "a", {"before": ("# c",)}),
    ],
)
def test_comments_of_elements(text: str, element: str, expected: dict[str, object]) -> None:
    module = parse(text, "f.py")
    node = next(n for n in ast.walk(module) if isinstance(n, ast.Name) and n.id == element)
    found = {name: getattr(node, name) for name in ("before", "behind", "after") if hasattr(node, name)}
    owner = next((n for n in ast.walk(module) if isinstance(n, ast.BinOp)), None)
    if not found and owner is not None:
        found = {name: getattr(owner, name) for name in ("before", "behind") if hasattr(owner, name)}
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("x = 1e-5", "1e-5"), ("x = 0x10", "0x10"), ("x = 1_000", "1_000"), ("x = r'\\d'", "r'\\d'"), ("é = 'ü'", "'ü'")],
)
def test_literals_keep_their_spelling(text: str, expected: str) -> None:
    assert attribute(text, ast.Constant, "source_text") == expected


def test_strings_in_pieces_keep_them() -> None:
    assert attribute("x = ('a'\n 'b')", ast.Constant, "source_parts") == ("'a'", "'b'")
    assert attribute("x = f'a{b}'", ast.JoinedStr, "source_parts") == ("f'a{b}'",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f(\n    a,\n    b\n)", True),  # one per line
        ("f(a, b,)", True),  # a comma at the end
        ("f(\n    a, b\n)", False),
        ("f(a,\n  b)", False),
        ("f(a)", False),
    ],
)
def test_calls_remember_that_they_were_exploded(text: str, expected: bool) -> None:
    assert attribute(text, ast.Call, "exploded") is expected


@pytest.mark.parametrize("name", ["ast.py", "subprocess.py", "typing.py", "decimal.py", "threading.py"])
def test_every_comment_finds_one_place(name: str) -> None:
    text = (STDLIB / name).read_text("utf-8")
    expected = Counter(
        token.string.rstrip()
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    )
    found: Counter[str] = Counter()
    for node in ast.walk(parse(text, name)):
        for attribute_name in NAMES:
            found.update(comment for comment in getattr(node, attribute_name, ()) if comment)
        for attribute_name in ("behind", "else_behind", "finally_behind"):
            found.update(filter(None, [getattr(node, attribute_name, None)]))
    assert found == expected


def test_the_tree_is_pythons_own() -> None:
    text = "\ufeffx = 1\r\nclass A:\r    y = '''a\r\nb'''\n"
    assert ast.dump(parse(text, "f.py")) == ast.dump(ast.parse("x = 1\nclass A:\n    y = '''a\nb'''\n"))


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        (Limits(nodes=5), "nodes"),
        (Limits(depth=2), "depth"),
        (Limits(chain=1), "chain"),
        (Limits(string_bytes=2), "string"),
    ],
)
def test_trees_that_a_rewrite_made_are_bounded_too(limits: Limits, name: str) -> None:
    with pytest.raises(Refusal, match=name):
        check_tree(ast.parse("x = a + b + c + d\ny = 'abc'"), "f.py", limits)
