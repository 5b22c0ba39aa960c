"""Buffers that are filled behind their registration."""

from __future__ import annotations

import ast

import pytest

from pivot.reading.filled_buffers import fill_first


@pytest.mark.parametrize(
    ("body", "wanted"),
    [("self.register_buffer('mask', torch.ones(3))\nself.n = 1\nself.mask[1:] = 0\nself.mask.data.mul_(2)\nself.m = 2",
      "mask = torch.ones(3)\nself.n = 1\nmask[1:] = 0\nmask.mul_(2)\nself.register_buffer('mask', mask)\nself.m = 2"),
     ("mask = 1\nself.register_buffer('mask', x)\nself.mask[0] = mask",
      "mask = 1\nmask_ = x\nmask_[0] = mask\nself.register_buffer('mask', mask_)"),
     ("self.register_buffer('mask', x)\nself.mask = y\nself.mask[0] = 1", None),
     ("self.register_buffer('mask', x)\nself.other[0] = self.mask", None)],
)  # fmt: skip
def test_what_fills_a_buffer_comes_before_it_is_registered(body: str, wanted: str | None) -> None:
    lines = "\n".join(f"        {line}" for line in body.split("\n"))
    cls = ast.parse(f"class A:\n    def __init__(self):\n{lines}").body[0]
    assert isinstance(cls, ast.ClassDef)
    for _ in range(2):
        fill_first(cls)
    assert isinstance(cls.body[0], ast.FunctionDef)
    assert "\n".join(map(ast.unparse, cls.body[0].body)) == (wanted or body)
