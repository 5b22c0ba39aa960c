"""Definitions of several files come out under names of their own in one."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

from codegen.convert import Converted

PARTS = """
from torch import nn

WIDTH = 4

class Mlp(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, WIDTH)

    def forward(self, x):
        return self.fc(x)
"""
NET = """
from torch import nn
import parts
from parts import Mlp as Inner

class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = Inner(3)
        self.two = parts.Mlp(parts.WIDTH)

    def forward(self, x):
        return self.two(self.one(x))
"""


def test_imports_under_another_name_and_members_of_modules(tmp_path: Path, convert: Callable[..., Converted]) -> None:
    (tmp_path / "parts.py").write_text(PARTS)
    net = tmp_path / "net.py"
    net.write_text(NET)
    text = convert(net, "2x3", model="Mlp()").text
    names = [s.name for s in ast.parse(text).body if isinstance(s, ast.ClassDef)]
    assert names == ["PartsMlp", "Mlp"]
    assert "self.one = PartsMlp(3)" in text
    assert "self.two = PartsMlp(WIDTH)" in text
    assert "WIDTH = 4" in text
