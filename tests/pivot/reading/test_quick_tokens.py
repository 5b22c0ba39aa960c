"""The quick lexical view is that of Python's tokenizer, or none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import pivot
from pivot.reading.limits import LIMITS
from pivot.reading.quick_tokens import quick_scan
from pivot.reading.tokens import scan

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 12), reason="from 3.12 on, f-strings are not one token")

WELL_FORMED = (
    "x = f(a, b)[0].c  # behind\n",
    "def f(\n    a: int,  # first\n    # above b\n    b=(1, 2),\n    *,\n    c: str = 'x',\n):\n    return a.b(c)(d)\n",
    "if a:\n\tb = 1\nelif not c:\n        # deep\n\td = -~e\n# left\nelse:\n\tpass",
    "t = \"\"\"one 'two'\n# no comment\n  three\\\"\"\"\"; u = rb'\\'' B'x' f'{a[\"b\"]}'\n",
    "x = 1_0.5e-3 + .5 + 0xFFj if b else 10 ** -2 ; y: int = 1 if(a) else[2]\n",
    "a = b \\\n    + c\nd = [\n]\ne = {  # in front\n    **f, 'k': not -1\n    # last\n}\n",
    "é.ü = 'ä', ñ\n\n\n    # alone\n@d\nasync def g(): await x[...]; yield\n",
    "bar = u'' '' \"\" 'it''s'\nfor i in range(3): lambda: (yield)\nx @= y >> 2 != 3 <= 4 -> 5 := 6\n",
    's = \'joined \\\nline\'\nz = (\'a\'\n     """b\n""")\n',
    "",
    "\n\n# only a comment",
)
ILL_FORMED = (
    "f(",
    "f)",
    "(]",
    "x = 'open",
    'x = """open',
    "a $ b",
    "if a:\n    b\n  c\n",
    "a = \\\n",
    "\\\na = 1\n",
    "x = ?",
)


@pytest.mark.parametrize("text", WELL_FORMED)
def test_well_formed(text: str) -> None:
    assert quick_scan(text, LIMITS) == scan(text, "model.py", LIMITS)


@pytest.mark.parametrize("text", ILL_FORMED)
def test_gives_up(text: str) -> None:
    assert quick_scan(text, LIMITS) is None


@pytest.mark.parametrize("text", [
    "x = " + "-" * 1100 + "1", "x = a" + ".b" * 1100, "x = a" + "()" * 1100, "x = " + "[" * 201 + "]" * 201,
    "x = 1" + "0" * 1300, "if a:\n    pass\n" + "elif b:\n    pass\n" * 201,
])  # fmt: skip
def test_limits_are_told_by_the_other(text: str) -> None:
    assert quick_scan(text, LIMITS) is None


def test_own_files() -> None:
    for file in sorted(Path(pivot.__file__).parent.glob("reading/k*.py")):
        text = file.read_text(encoding="utf-8")
        assert quick_scan(text, LIMITS) == scan(text, str(file), LIMITS), file
