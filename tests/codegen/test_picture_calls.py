"""Calls that may be mapped by hand, as the picture tells them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from codegen.picture import picture_of
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]

NET = """
    import torch
    from torch import nn
    from lib import Wave


    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.wave = Wave(8, rate=2)

        def forward(self, x):
            x = torch.special.zeta(x, 2.0, out=None)
            x = self.wave(x)
            x = x.frob([x, x], dim=-1)
            return torch.relu(torch.special.zeta(x, 2.0, out=None))
"""


def test_calls_say_how_they_are_spelled_and_what_they_are_given(read: Read, write_source: Any) -> None:
    picture = picture_of(read(write_source(NET), "2x8"))
    zeta, wave, frob, again = (n for n in picture["nodes"] if n["unmapped"])
    assert [n["call"] for n in picture["nodes"] if not n["unmapped"]] == [None]
    call = zeta["call"]
    assert (call["spelling"], call["name"], call["kind"]) == ("call", "torch.special.zeta", "function")
    assert [(a["keyword"], a["text"], a["kind"], a["value"]) for a in call["arguments"]] == [
        (None, "x", "tensor", ""),
        (None, "2.0", "value", "2.0"),
        ("out", "None", "value", "None"),
    ]
    assert call["arguments"][0]["shapes"] == [["N", "F"]]
    assert call["where"]["function"] == "Net.forward"
    assert call["where"]["nth"] == 0 and again["call"]["where"]["text"] == call["where"]["text"]
    assert again["call"]["where"]["nth"] == 1
    made = wave["call"]
    assert (made["name"], made["kind"], made["where"]["text"]) == ("lib.Wave", "layer", "Wave(8, rate=2)")
    assert [a["text"] for a in made["arguments"]] == ["8", "2"]
    assert [a["text"] for a in made["applied"]] == ["x"]
    method = frob["call"]
    assert (method["spelling"], method["name"]) == ("method", "frob")
    assert [a["kind"] for a in method["arguments"]] == ["tensor", "tensors", "value"]
