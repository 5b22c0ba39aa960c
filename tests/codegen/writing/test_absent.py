"""A tensor that is None here, and that another caller may give, is not left out without a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted

NET = """
    import torch
    import torch.nn.functional as F
    from torch import nn

    class Net(nn.Module):
        def __init__(self, causal=False):
            super().__init__()
            self.causal = causal
            self.m = nn.MultiheadAttention(8, 2, batch_first=True)
            self.encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)

        def forward(self, x{signature}):
            {body}
"""
CAUSAL = "m = torch.ones(5, 5, dtype=torch.bool).triu(1) if self.causal else None; "


@pytest.mark.parametrize(
    ("signature", "body", "told"),
    [
        (", mask=None", "return self.m(x, x, x, attn_mask=mask)[0]", ["mask"]),
        (", mask=None, pad=None", "return self.m(x, x, x, attn_mask=mask, key_padding_mask=pad)[0]", ["mask", "pad"]),
        ("", CAUSAL + "return self.m(x, x, x, attn_mask=m)[0]", ["m"]),
        (", mask=None", "return F.scaled_dot_product_attention(x, x, x, attn_mask=mask)", ["mask"]),
        (", mask=None", "return self.encoder(x, mask)", ["mask"]),
        ("", "return self.m(x, x, x, attn_mask=None)[0]", []),
    ],
)
def test_what_is_none_here_is_told(
    write_source: Callable[..., Path], convert: Callable[..., Converted], signature: str, body: str, told: list[str]
) -> None:
    made = convert(write_source(NET.format(signature=signature, body=body)), "2x5x8", model="Net()")
    found = [p.why for p in made.written.problems if p.code == "frozen"]
    assert [why.partition(" counts as None only: ")[0] for why in found] == told
