"""Chunks whose sizes differ from visit to visit."""

from __future__ import annotations

from collections.abc import Callable

NET = """
class Block(nn.Module):
    def __init__(self, width, parts):
        super().__init__()
        self.parts = nn.ModuleList([nn.Identity() for _ in range(parts)])
        self.conv = nn.Conv2d(width, width, 1)

    def forward(self, x):
        x = self.conv(x)
        parts = x.chunk(len(self.parts) + 1, dim=1)
        return torch.cat(parts[::-1], 1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = Block(8, OTHER), Block(8, 1)

    def forward(self, x):
        return self.two(self.one(x))
"""


def test_places_to_cut_at_are_counted_where_they_differ(written: Callable[..., str]) -> None:
    text = " ".join(written(NET.replace("OTHER", "2"), "2x8x4x4").split())
    number = "len(self.parts) + 1"
    assert f"i * -(-x.shape[3] // ({number})) for i in range(1, {number})" in text


def test_even_chunks_are_said_by_their_number(written: Callable[..., str]) -> None:
    text = " ".join(written(NET.replace("OTHER", "3"), "2x8x4x4").split())
    assert "parts = ops.split(x, len(self.parts) + 1, axis=-1)" in text
