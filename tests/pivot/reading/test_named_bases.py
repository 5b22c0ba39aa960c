"""Bases of a library that are called by name."""

from __future__ import annotations

import ast

import pytest

from pivot.reading.named_bases import supers_for_named_bases

IMPORTS = "import torch\nimport torch.nn as nn\nfrom torch.nn import Module\n"


def said(text: str) -> str:
    return ast.unparse(supers_for_named_bases(text, ast.parse(text)))


@pytest.mark.parametrize("base", ["nn.Module", "torch.nn.Module", "Module"])
def test_the_first_base_of_a_library_is_super(base: str) -> None:
    made = said(
        f"{IMPORTS}class A({base}):\n    def __init__(self, n):\n        {base}.__init__(self)\n        self.n = n"
    )
    assert "super().__init__()" in made
    assert f"{base}.__init__" not in made


def test_arguments_and_other_methods_stay() -> None:
    text = f"{IMPORTS}class A(nn.Linear):\n    def forward(self, x):\n        return nn.Linear.forward(self, x * 2)"
    assert "super().forward(x * 2)" in said(text)


@pytest.mark.parametrize(
    "text",
    [
        "class B:\n    pass\nclass A(B):\n    def __init__(self):\n        B.__init__(self)",  # a class of the program
        "class A(nn.Module, Other):\n    def __init__(self):\n        Other.__init__(self)",  # not the first base
        "class A(nn.Module):\n    def __init__(self):\n        nn.Linear.__init__(self)",  # no base at all
        "class A(nn.Module):\n    def __init__(self):\n        nn.Module.__init__(self)\n"
        "class C(A, Other):\n    pass",  # super() would go on to Other
    ],
)
def test_what_super_would_decide_otherwise_stays(text: str) -> None:
    assert "super()" not in said(IMPORTS + text)


@pytest.mark.parametrize("method", [
    "def __init__(self):\n        nn.Module. \\\n  __init__ ( # the base\n  self )",
    "def __init__(\n        # itself\n        me, other=f(self)\n    ):\n        nn.Module.__init__(me)",
])  # fmt: skip
def test_a_call_is_found_however_it_is_laid_out(method: str) -> None:
    assert "super().__init__()" in said(f"{IMPORTS}class A(nn.Module):\n    {method}\n")
