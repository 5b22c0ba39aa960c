"""Attention: how many heads, masked or not, norm before or behind, which activation, how deep."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Attn(nn.Module):
    def __init__(self, heads=2, first=True, causal=False):
        super().__init__()
        self.att = nn.MultiheadAttention(8, heads, batch_first=first)
        self.causal = causal

    def forward(self, x):
        n = x.shape[1]
        mask = torch.triu(torch.ones(n, n, dtype=torch.bool), 1) if self.causal else None
        y, _ = self.att(x, x, x, attn_mask=mask)
        return y


class SelfAttention(nn.Module):
    def __init__(self, dim=8, heads=2, causal=False, qkv_bias=True, dropout=0.0):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.scale = (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, dim * 3, bias=qkv_bias)
        self.proj = nn.Linear(dim, dim)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        b, n, c = x.shape
        qkv = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        scores = q @ k.transpose(-2, -1) * self.scale
        if self.causal:
            mask = torch.tril(torch.ones(n, n, dtype=torch.bool))
            scores = scores.masked_fill(~mask, float("-inf"))
        y = self.drop(scores.softmax(dim=-1)) @ v
        return self.proj(y.transpose(1, 2).reshape(b, n, c))


class FlashAttention(nn.Module):
    def __init__(self, dim=8, heads=2, causal=True, bias=False):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.qkv = nn.Linear(dim, 3 * dim, bias=bias)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = (t.view(b, n, self.heads, -1).transpose(1, 2) for t in self.qkv(x).chunk(3, dim=-1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        return y.transpose(1, 2).reshape(b, n, c)


class EncoderBlock(nn.Module):
    def __init__(self, dim=8, heads=2, ratio=2, norm_first=True, activation="gelu", dropout=0.0):
        super().__init__()
        self.norm_first = norm_first
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.att = nn.MultiheadAttention(dim, heads, dropout=dropout, batch_first=True)
        self.fc1, self.fc2 = nn.Linear(dim, dim * ratio), nn.Linear(dim * ratio, dim)
        self.act = F.gelu if activation == "gelu" else F.relu

    def attend(self, x):
        return self.att(x, x, x, need_weights=False)[0]

    def feed(self, x):
        return self.fc2(self.act(self.fc1(x)))

    def forward(self, x):
        if self.norm_first:
            x = x + self.attend(self.norm1(x))
            return x + self.feed(self.norm2(x))
        x = self.norm1(x + self.attend(x))
        return self.norm2(x + self.feed(x))


class Stock(nn.Module):
    """PyTorch's own encoder."""

    def __init__(self, dim=8, heads=2, depth=1, norm_first=False, activation="relu", ff=16):
        super().__init__()
        layer = nn.TransformerEncoderLayer(
            dim, heads, ff, dropout=0.0, activation=activation, batch_first=True, norm_first=norm_first
        )
        self.encoder = nn.TransformerEncoder(layer, depth, enable_nested_tensor=False)

    def forward(self, x):
        return self.encoder(x)
