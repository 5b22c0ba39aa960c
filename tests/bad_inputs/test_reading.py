"""The table of bad inputs, as far as it concerns text: each row is refused at its place with its reason, or opens."""

from __future__ import annotations

import ast
import json
import random
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from codegen.writing.text import render
from pivot.problems import Problem, Refusal
from pivot.reading.limits import LIMITS, Limits
from pivot.reading.source import from_bytes
from pivot.reading.syntax import parse

LONGEST = 10.0  # seconds for any input, on a slow machine; most take some milliseconds
TENTH = Limits(nodes=30_000)  # rows 44, 47, 61: a tenth of the size and of the limit says the same, sooner


@dataclass(frozen=True, slots=True)
class Opens:
    """The text is read: what its tree looks like, and what is warned of."""

    dump: str | None = None
    warning: str = ""
    line: int | None = None  # of the last statement


@dataclass(frozen=True, slots=True)
class Refused:
    """Line, column and words of the refusal, and its code."""

    line: int
    column: int
    why: str
    code: str = "syntax"


def _nested(opening: str, middle: str, closing: str, times: int) -> bytes:
    return (opening * times + middle + closing * times).encode()


ROWS: list[tuple[int, str, bytes, Opens | Refused]] = [
    (1, "empty", b"", Opens("Module(body=[], type_ignores=[])")),
    (2, "only comments", b"# nothing\n", Opens("Module(body=[], type_ignores=[])")),
    (3, "NUL", b"x = 1\ny = \0\n", Refused(2, 5, "NUL byte", "not-text")),
    (4, "UTF-8 mark", b"\xef\xbb\xbfx = 1\n", Opens(line=1)),
    (5, "UTF-16", "x = 1\n".encode("utf-16"), Refused(1, 1, "the file is UTF-16", "encoding")),
    (5, "UTF-16 without mark", "x = 1\n".encode("utf-16-le"), Refused(1, 1, "the file is UTF-16", "encoding")),
    (6, "Latin-1 declared", b"# coding: latin-1\nx = '\xe9'\n", Opens(line=2)),
    (7, "Latin-1 undeclared", b"x = 1\ny = '\xe9'\n", Refused(2, 6, "byte 0xe9 is not UTF-8", "encoding")),
    (8, "unknown codec", b"# coding: klingon\n", Refused(1, 1, "unknown codec 'klingon'", "encoding")),
    (9, "utf-7", b"# coding: utf-7\n", Refused(1, 1, "codec 'utf-7' is not allowed", "encoding")),
    (
        10,
        "unicode_escape",
        b"\n# coding: unicode_escape\n# \\nimport os\n",
        Refused(2, 1, "codec 'unicode_escape' is not allowed", "encoding"),
    ),
    (11, "rot13", b"# coding: rot13\n", Refused(1, 1, "codec 'rot13' is not allowed", "encoding")),
    (11, "hex", b"# coding: hex\n", Refused(1, 1, "codec 'hex' is not allowed", "encoding")),
    (12, "mark and Latin-1 line", b"\xef\xbb\xbf# coding: latin-1\n", Refused(1, 1, "byte order mark", "encoding")),
    (13, "CR", b"x = 1\ry = 2\rz = 3\r", Opens(line=3)),
    (14, "mixed line ends", b"x = 1\r\ny = 2\rz = 3\nw = 4", Opens(line=4)),
    (15, "form feed", b"def f():\n    pass\n\x0c\ndef g():\n    pass\n", Opens(line=4)),
    (16, "U+2028 and NEL", "x = 'a\u2028b\x85c'\ny = 2\n".encode(), Opens(line=2)),
    (17, "bidi controls", "x = 'a\u202eb'\n".encode(), Opens(warning="f.py:1:7: U+202E RIGHT-TO-LEFT OVERRIDE")),
    (18, "homoglyph", "class M\u043edel: pass\n".encode(), Opens(warning="looks like `Model`")),
    (18, "no homoglyph", "\u0394x = \u03b1 + '\u043e'\n".encode(), Opens(warning="")),
    (19, "NFKC twins", "\uff58 = 1\n".encode(), Opens(ast.dump(ast.parse("x = 1\n")))),
    (20, "Python 2 print", b"import a\nprint 'x'\n", Refused(2, 1, "Python 2 source", "python-2")),
    (21, "Python 2 except", b"try:\n    a\nexcept E, e:\n    b\n", Refused(3, 8, "Python 2 source", "python-2")),
    (21, "Python 2 octal", b"x = 0777\n", Refused(1, 5, "Python 2 source", "python-2")),
    (22, "tabs and spaces", b"if a:\n        b\n\tc\n", Refused(3, 1, "tabs and spaces", "tabs")),
    (22, "wrong dedent", b"if a:\n        b\n    c\n", Refused(3, 4, "unindent does not match")),
    (23, "type statement", b"type X = int\n", Refused(1, 6, "needs Python 3.12", "newer-python")),
    (23, "type parameters", b"def f[T](x: T): pass\n", Refused(1, 6, "needs Python 3.12", "newer-python")),
    (23, "t-string", b"x = t'a{b}'\n", Refused(1, 6, "needs Python 3.14", "newer-python")),
    (23, "quotes in f-string", b"x = f'{a['b']}'\n", Refused(1, 16, "needs Python 3.12", "newer-python")),
    (24, "cut off in brackets", b"x = 1\ny = f(a,\n  [b,\n   c],\n", Refused(2, 6, "'(' is never closed", "truncated")),
    (24, "cut off in a string", b"x = 1\ny = '''abc\n\n", Refused(2, 5, "this string is never closed", "truncated")),
    (24, "cut off in a block", b"def f():\n", Refused(1, 9, "may be cut off", "truncated")),
    (24, "wrong bracket", b"x = f(a,\n  b]\n", Refused(2, 4, "']' does not close the '(' of line 1")),
    (24, "bracket too many", b"x = f(a))\n", Refused(1, 9, "')' closes nothing")),
    (
        25,
        "merge",
        b"x = 1\n<<<<<<< HEAD\ny = 1\n=======\ny = 2\n>>>>>>> b\n",
        Refused(2, 1, "<<<<<<< in line 2, ======= in line 4, >>>>>>> in line 6", "merge-conflict"),
    ),
    (25, "rule in a docstring", b"'''A\n=======\n'''\n", Opens(line=1)),
    (
        26,
        "notebook",
        json.dumps({"cells": [{"cell_type": "code", "source": "x = 1"}], "nbformat": 4}).encode(),
        Opens(ast.dump(ast.parse("x = 1\n"))),
    ),
    (27, "magics", b"%matplotlib inline\n!ls\nx = 1\n", Opens(ast.dump(ast.parse("x = 1\n")), "left out, only")),
    (28, "pickle", b"\x80\x04\x95\x0a\x00}q\x00.", Refused(0, 0, "not text: this is a pickle", "not-text")),
    (28, "zip", b"PK\x03\x04\x14\x00", Refused(0, 0, "not text: this is a zip archive", "not-text")),
    (28, "ELF", b"\x7fELF\x02\x01", Refused(0, 0, "not text: this is a program", "not-text")),
    (28, "HDF5", b"\x89HDF\r\n\x1a\n\0", Refused(0, 0, "not text: this is an HDF5 file", "not-text")),
    (
        29,
        "LFS pointer",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
        Refused(1, 1, "a Git LFS pointer", "not-text"),
    ),
    (35, "parentheses", _nested("(", "1", ")", 1000), Refused(1, 200, "too deeply nested", "too-deep")),
    (
        36,
        "blocks",
        b"".join(b" " * n + b"if x:\n" for n in range(101)) + b" " * 101 + b"y\n",
        Refused(101, 1, "too deeply nested", "too-deep"),
    ),
    (37, "1 + 1 + ... 1,000", b"x = " + b"+".join([b"1"] * 1000), Opens(line=1)),
    (38, "1 + 1 + ... 100,000", b"x = " + b"+".join([b"1"] * 100_000), Refused(1, 2006, "too deeply nested", "limit")),
    (39, "x.a.a ...", b"x" + b".a" * 10_000, Refused(1, 2002, "too deeply nested", "limit")),
    (40, "f()() ... 10,000", b"f" + b"()" * 10_000, Refused(1, 2003, "too deeply nested", "limit")),
    (41, "10,000 minus", b"x = " + b"-" * 10_000 + b"1", Refused(1, 1005, "too deeply nested", "limit")),
    (41, "unary minus 300", b"x = " + b"-" * 300 + b"1", Refused(1, 204, "too deeply nested", "limit")),
    (41, "10,000 minus in an f-string", b"f'{" + b"-" * 10_000 + b"1}'", Refused(1, 1, "too deeply nested", "limit")),
    (42, "lambdas 10,000", b"x = " + b"lambda: " * 10_000 + b"1", Refused(1, 8005, "too deeply nested", "limit")),
    (43, "elif 3,000", b"if a:\n b\n" + b"elif c:\n d\n" * 3000, Refused(403, 1, "too deeply nested", "limit")),
    (44, "100,000 lines", b"x = 1\n" * 10_100, Refused(10_001, 1, "too many names, literals and lines", "limit")),
    (44, "300,000 blank lines", b"\n" * 40_000, Refused(1, 1, "40000 lines", "limit")),
    (45, "5 MB on one line", b"x = (" + b"b," * 2_500_000 + b")", Refused(0, 0, "a file of 5000006 bytes", "limit")),
    (46, "50 MB string", b"x = '" + b"a" * 50_000_000 + b"'", Refused(0, 0, "a file of 50000006 bytes", "limit")),
    (46, "1.5 MB string", b"x = '" + b"a" * 1_500_000 + b"'", Refused(1, 5, "a string literal of", "limit")),
    (47, "list of 900,000", b"x = [" + b"1," * 90_000 + b"]", Refused(1, 60_002, "too many names", "limit")),
    (48, "5,000 digits", b"x = " + b"9" * 5000, Refused(1, 5, "a number of 5000 digits", "limit")),
    (48, "1 M hexadecimal digits", b"x = 0x" + b"f" * 1_000_000, Refused(1, 5, "a number of 1000002", "limit")),
    (48, "1,200 digits", b"x = " + b"9" * 1200, Opens(line=1)),
    (61, "200,000 classes", b"class A: pass\n" * 20_000, Refused(7_501, 1, "too many names", "limit")),
    (64, "spaces", b" " * 1_900_000 + b"x", Refused(1, 1_900_000, "unexpected indent")),
    (64, "comments", b"# c\n" * 25_000, Opens("Module(body=[], type_ignores=[])")),
]


def read(data: bytes, name: str, limits: Limits = LIMITS) -> Problem | tuple[ast.Module, tuple[Problem, ...]]:
    """The tree and the warnings, or why there is none. Anything but a Refusal goes through."""
    try:
        source = from_bytes(data, name)
        return parse(source.text, source.path, limits), source.warnings
    except Refusal as refusal:
        return refusal.problem


@pytest.mark.parametrize(
    ("row", "data", "expected"), [(row[0], *row[2:]) for row in ROWS], ids=[f"{row[0]} {row[1]}" for row in ROWS]
)
def test_bad_inputs(row: int, data: bytes, expected: Opens | Refused) -> None:
    begun = time.process_time()
    found = read(data, "f.py", TENTH if row in (44, 47, 61) else LIMITS)
    assert time.process_time() - begun < LONGEST
    if isinstance(expected, Refused):
        assert isinstance(found, Problem)
        assert (found.line, found.column, found.code) == (expected.line, expected.column, expected.code)
        assert expected.why in found.why
        assert found.remedy
        assert len(str(found)) < 400
        assert str(found).isprintable()
    else:
        assert not isinstance(found, Problem), str(found)
        module, warnings = found
        assert expected.dump is None or ast.dump(module) == expected.dump
        assert expected.line is None or module.body[-1].lineno == expected.line
        said = "; ".join(map(str, warnings))
        assert expected.warning in said
        assert bool(expected.warning) == bool(said)


@pytest.mark.parametrize("name", ["bisect.py", "contextlib.py", "dis.py"])
def test_prefixes_and_corruptions_are_refused_or_read(name: str) -> None:
    """Row 64, a sample: nothing but a Refusal may come out, and what is read can be written again."""
    whole = (Path(sysconfig.get_path("stdlib")) / name).read_bytes()[:3000]
    chance = random.Random(name)
    opened = 0
    for attempt in range(120):
        data = bytearray(whole)
        if attempt % 3:
            data[chance.randrange(len(data))] = chance.randrange(256)
        else:
            del data[chance.randrange(len(data)) :]
        found = read(bytes(data), name)
        if isinstance(found, Problem):
            assert found.why
            assert found.remedy
        else:
            opened += 1
            assert ast.dump(ast.parse(render(found[0]))) == ast.dump(found[0])
    assert 0 < opened < 120
