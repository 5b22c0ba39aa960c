"""Definitions of several files come out under names of their own in one."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from pivot.reading import installed

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


def test_models_of_an_installed_library_come_along_under_their_own_names(
    conversion: Callable[..., Converted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shelf" / "models"
    folder.mkdir(parents=True)
    (folder / "small.py").write_text(
        "import torch.nn as nn\n\nclass Small(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.fc = nn.Linear(4, 2)\n\n    def forward(self, x):\n        return self.fc(x)\n\n"
        "def small():\n    return Small()\n"
    )
    monkeypatch.setattr(installed, "FOLDERS", {"torchvision.models.": ("shelf", "models")})
    monkeypatch.setattr(installed, "package", lambda name: tmp_path / name)
    installed.find_on.cache_clear()
    made = conversion(
        """
        from torchvision import models
        from torchvision.models import Small

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a, self.b = models.small(), Small()

            def forward(self, x):
                return self.a(x) + self.b(x)
        """,
        "2x4",
    )
    assert "self.a, self.b = small(), Small()" in made.text
    assert "class Small(layers.Layer):" in made.text and "def small():" in made.text
