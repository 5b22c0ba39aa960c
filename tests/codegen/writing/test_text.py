"""The printer: same program, same comments, Black's layout."""

from __future__ import annotations

import ast
import io
import sysconfig
import tokenize
from collections import Counter
from pathlib import Path
from textwrap import dedent

import pytest

from codegen.writing.text import print_module, render, render_expression, spans_of
from pivot.reading.syntax import parse

STDLIB = Path(sysconfig.get_path("stdlib"))
MODULES = [
    "argparse.py",
    "ast.py",
    "asyncio/tasks.py",
    "contextlib.py",
    "dataclasses.py",
    "decimal.py",
    "enum.py",
    "functools.py",
    "inspect.py",
    "statistics.py",
    "tokenize.py",
    "typing.py",
]


def formatted(text: str) -> str:
    """`text` as the printer writes it."""
    return render(parse(dedent(text).lstrip("\n"), "f.py"))


def comments(text: str) -> Counter[str]:
    """How often each comment stands in `text`."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return Counter(token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)


@pytest.mark.parametrize("name", MODULES)
def test_standard_library(name: str) -> None:
    text = (STDLIB / name).read_text("utf-8")
    result = render(parse(text, name))
    assert ast.dump(ast.parse(result)) == ast.dump(ast.parse(text))
    assert not comments(text) - comments(result)
    assert render(parse(result, name)) == result
    for line in result.split("\n"):
        assert len(line) <= 88 or set(line) & set("'\"#") or " " not in line.strip() or _in_string(result, line), line


def _in_string(text: str, line: str) -> bool:
    """Whether the line belongs to a string of several lines."""
    return any(
        "\n" in token.string and line in token.string.split("\n")
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.STRING
    )


KEPT = {
    "simple statements": """
        import a, b as c
        from . import d
        from ..e.f import *

        global_ = x = y, *z = 1, 2
        x: int = 1
        (x): int
        x.y: "str" = ""
        x @= a @ b
        x **= -2
        del a, b[0], (c, d)
        assert x, "why"
        raise
    """,
    "expressions": """
        a = not b and (c or d) or e if f else g
        a = (b if c else d) if e else (lambda: f)
        a = -(b**c) ** -d + (-e) ** f
        a = b.c(d)(e)[f].g
        a = (1).real + 1.0.real + (b, c).d + (yield)
        a = b < c <= d is not e not in f
        a = b | c ^ d & e << f + g * ~h
        a = (b := c) + [d := e][0]
        a = {**b, "c": d, **(e or f)}
        a = {b, *c}, [*d, e], (f,), ()
        a = f(*b, c, *(d or e), f=g, **h)
        a = f(b for c in d if e if f) | {g: h for i, j in k for l in m}
        a = [await b async for c in d]
        a = b[c], b[c:d], b[::e], b[c:d, e], b[c,], b[*c, d], b[f(c) : d.e], b[:, None, ...], b[-1:]
        a = lambda b, /, c=1, *d, e, f=2, **g: (b, c)
        a = lambda *, b: b
        a = b"c" rb"\\d" and "e" f"{f!r:>{g}}" and u"h"
        a = 0x10 + 1_000 + 1e-5 + 2j + 10**-3 + x**2 + f(x) ** 2 + x.y**-1
        a = (b + c) + d - (e - f)
    """,
    "compound statements": """
        if a:
            pass
        elif b:
            pass
        else:
            if c:
                pass
            else:
                pass
        for a, (b, *c) in d, e:
            break
        else:
            continue
        while (a := b()):
            pass
        else:
            pass
        with a as b, c as (d, e), f:
            pass
        with (a, b):
            pass
        with ((a, b)):
            pass
        try:
            pass
        except (A, B) as c:
            pass
        except D:
            pass
        else:
            pass
        finally:
            pass
        try:
            pass
        except* A as b:
            pass
        try:
            pass
        finally:
            pass
    """,
    "match": """
        match a, b:
            case 1 | -2 | 3 + 4j | "c" | None if d:
                pass
            case [e, *_, f] | (g, *h):
                pass
            case {"i": j, **k}:
                pass
            case L.m | n.O(p, q=r) as s:
                pass
            case (t | u) as v, _:
                pass
    """,
    "definitions": """
        @a
        @b.c(d)
        async def f(a, /, b: int = 1, *c: *Ts, d, e: str = "f", **g) -> Dict[int, str]:
            async with a:
                async for b in c:
                    await d
            return *a, b


        class A(B, metaclass=C): ...


        def g():
            '''doc'''
            nonlocal a
            yield from b
            x = yield c
            return
    """,
}


@pytest.mark.parametrize("name", KEPT)
def test_every_construct_keeps_its_tree(name: str) -> None:
    text = dedent(KEPT[name]).lstrip("\n")
    result = formatted(text)
    assert ast.dump(ast.parse(result), indent=1) == ast.dump(ast.parse(text), indent=1)
    assert formatted(result) == result
    bare = ast.parse(text)  # a tree that carries none of the attributes
    assert ast.dump(ast.parse(render(bare))) == ast.dump(bare)


def test_a_comment_whose_element_went_stays_with_the_statement() -> None:
    module = parse("x = f(\n    a,  # about a\n    b,\n)\n", "f.py")
    call = next(node for node in ast.walk(module) if isinstance(node, ast.Call))
    del call.args[0]
    assert render(module) == "# about a\nx = f(\n    b,\n)\n"


def test_a_changed_literal_is_not_spelled_as_in_the_source() -> None:
    module = parse("x = 1e-5\ny = f'{a}'\n", "f.py")
    for node in ast.walk(module):
        if isinstance(node, ast.Constant):
            node.value = 0.25
        if isinstance(node, ast.Name) and node.id == "a":
            node.id = "b"
    assert render(module) == 'x = 0.25\ny = f"{b}"\n'


def test_trees_that_were_made_and_not_read() -> None:
    doc = ast.Expr(ast.Constant('First "line".\n\n      Second \\ line.\n      '))
    body = [doc, ast.Assign([ast.Name("x")], ast.Constant(-1.5)), ast.Return(ast.Tuple([ast.Name("x")]))]
    function = ast.FunctionDef("f", ast.arguments([], [], None, [], [], None, []), body, [])
    empty = ast.ClassDef("A", [], [], [], [])
    power = ast.Assign([ast.Name("y")], ast.BinOp(ast.Constant(-2), ast.Pow(), ast.Constant(float("inf"))))
    assert render(ast.Module([function, empty, power], [])) == dedent('''
        def f():
            """First "line".

            Second \\\\ line.
            """
            x = -1.5
            return (x,)


        class A:
            pass


        y = (-2) ** 1e309
        ''').lstrip("\n")
    assert render(ast.Module([], [])) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [("f(\n  a,  # c\n  b,\n)", "f(a, b)"), ("(\n a\n)", "a"), ("(a,)", "(a,)"), ("x[ 'a' ]", 'x["a"]')],
)
def test_expressions_stand_on_one_line(text: str, expected: str) -> None:
    statement = parse(text, "f.py").body[0]
    assert isinstance(statement, ast.Expr)
    assert render_expression(statement.value) == expected


def test_spans_cover_what_they_name() -> None:
    text = "def f(x):\n  y = self.conv(x) + g(x,\n)[0]\n  if y: return h(\n   'é', a(b),\n   c)\n\nf(1)\n"
    printed = print_module(parse(text, "f.py"))
    result, spans = printed.text, spans_of(printed)
    lines = result.split("\n")
    found: list[str] = []
    for node, line, column, end_line, end_column in spans:
        piece = "\n".join(lines[line - 1 : end_line])
        cut = piece[column - 1 : len(piece) - len(lines[end_line - 1]) + end_column - 1]
        if isinstance(node, ast.expr):
            assert ast.dump(ast.parse(f"({cut})", mode="eval").body) == ast.dump(node)
        else:
            assert ast.dump(ast.parse(dedent(" " * (column - 1) + cut)).body[0]) == ast.dump(node)
        found.append(type(node).__name__)
    assert Counter(found) == {
        "FunctionDef": 1,
        "Assign": 1,
        "BinOp": 1,
        "Call": 5,
        "Attribute": 1,
        "Subscript": 1,
        "If": 1,
        "Return": 1,
        "Expr": 1,
    }


@pytest.mark.parametrize(
    ("opening", "middle", "closing", "times"),
    [
        ("f(", "x", ")", 190),
        ("[", "x", "]", 190),
        ("{1: ", "x", "}", 190),
        ("f(a=", "x", ")", 95),
        ("-", "x", "", 190),
        ("lambda: ", "x", "", 190),
        ("x + ", "x", "", 990),
        ("[", "x", " for x in y]", 95),
    ],
)
def test_deep_trees(opening: str, middle: str, closing: str, times: int) -> None:
    text = f"x = {opening * times}{middle}{closing * times}\n"
    result = formatted(text)
    assert "".join(result.split()).replace("(-", "-").replace(",)", ")").replace(",]", "]").replace(",}", "}").replace(
        "x=(", "x="
    ).removesuffix(")") == "".join(text.split()).removesuffix(")")
