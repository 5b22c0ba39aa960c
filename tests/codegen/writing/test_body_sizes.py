"""Sizes that stand for a parameter of the source, in what one call of it becomes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

SIGNATURE = "r=2, keep=3, heads=2"
INIT = """self.r, self.keep, self.heads = r, keep, heads
self.shape, self.out = [-1, heads, 192 // heads], (2, heads, 8)"""
CALLS = {
    "F.pixel_shuffle(x, self.r)": ["ops.shape(x)[1] // (self.r * self.r), self.r, self.r,", "ops.shape(x)[2] * self.r"],
    "F.pixel_unshuffle(x, self.r)": ["ops.shape(x)[2] // self.r, self.r", "ops.shape(x)[1] * self.r * self.r"],
    "torch.narrow(x, 1, 0, self.keep)": ["x[:, 0 : self.keep]"],
    "x.narrow(1, self.r, self.keep)": ["x[:, self.r : self.r + self.keep]"],
    "x.unflatten(1, (self.heads, -1)).sum(2)": ["-1, self.heads, ops.shape(x)[1] // self.heads, ops.shape(x)[2]"],
    "x[:, :1].expand(-1, self.heads, -1, -1)": ["ops.shape(x2)[0], self.heads, ops.shape(x2)[2], ops.shape(x2)[3]"],
    "x.view(*x.shape[:1], self.heads, -1).sum(1)": ["-1, self.heads, ops.shape(x)[1] * ops.shape(x)[2]"],
    "x.view(self.shape).sum(1)": ["(-1, self.shape[1], self.shape[2])"],
    "x.view(-1, *self.shape[1:]).sum(1)": ["(-1, self.shape[1], self.shape[2])"],
    "x.view((x.shape[0],) + (self.heads, 96)).sum(1)": ["(-1, self.heads, 96)"],
    "x.mean((2, 3))[:, None].expand(self.out).sum(2)": ["(self.out[0], self.out[1], self.out[2])"],
    "F.pixel_shuffle(x, 2)": ["2, 2"],
}


@pytest.mark.parametrize("call", CALLS)
def test_a_size_is_said_as_the_source_says_it(net: Callable[..., str], call: str) -> None:
    text = " ".join(net(INIT, f"return {call}", "2x8x4x6", signature=SIGNATURE).split())
    assert [part for part in CALLS[call] if part not in text] == [], text


def test_a_layer_that_unflattens_is_made_with_the_parameters(net: Callable[..., str]) -> None:
    init = "self.m = nn.Sequential(nn.Linear(6, c * s * s), nn.Unflatten(1, (c, s, s)))"
    text = net(init, "return self.m(x)", "2x6", signature="c=4, s=3")
    assert "layers.Reshape((c, s, s))" in text
