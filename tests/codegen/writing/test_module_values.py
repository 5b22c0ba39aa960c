"""Modules of the program that are handed on as values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.convert import Converted
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.reading.keras import KerasDialect

PARTS = """
import torch
from torch import nn
__all__ = ["wide", "narrow"]
size = 4
table = torch.arange(8)
unused = [size, 2]

def wide(n):
    return nn.Linear(n, 8)

def narrow(n):
    return nn.Linear(n, 2)
"""
NET = """
import torch
from torch import nn
import parts
from package import parts as settings

class Net(nn.Module):
    def __init__(self, kind="wide", tables=False, config=settings):
        super().__init__()
        self.fc = getattr(parts, kind)(config.size)
        if tables:
            self.table = config.table

    def forward(self, x):
        return self.fc(x)
"""


def test_a_module_becomes_a_namespace_of_what_is_asked_for(
    convert: Callable[..., Converted], write_source: Callable[..., Path], opset: OpSet, tmp_path: Path
) -> None:
    source = write_source(NET.replace("import parts\n", "from package import parts\n"))
    (source.parent / "package").mkdir()
    for name, text in (("__init__", ""), ("parts", PARTS)):
        (source.parent / "package" / f"{name}.py").write_text(text, encoding="utf-8")
    made = convert(source, "2x4", model="Net()")
    text = " ".join(made.text.split())
    assert "from types import SimpleNamespace" in text
    assert "SimpleNamespace(size=size, wide=wide)" in text
    assert "getattr(parts, kind)(config.size)" in text
    assert prove(made, KerasDialect(), opset, tmp_path / "target.py").why is None
