"""Attention whose heads, widths and windows are parameters: shapes that are made of them."""

import math
from dataclasses import dataclass
from functools import partial

import torch
import torch.nn as nn
import torch.nn.functional as F

WIDTH = 8
HEADS = 4


class HeadDim(nn.Module):
    """Attention whose width of a head is an attribute."""

    def __init__(self, dim=WIDTH, heads=HEADS):
        super().__init__()
        self.dim, self.heads = dim, heads
        self.head_dim = dim // heads
        self.q, self.k, self.v = nn.Linear(dim, dim), nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.norm = nn.LayerNorm(dim)

    def split(self, t):
        b, n, _ = t.shape
        return t.view(b, n, self.heads, self.head_dim).transpose(1, 2)

    def forward(self, x):
        b, n, _ = x.shape
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        weights = torch.softmax(torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(self.head_dim), dim=-1)
        y = torch.matmul(weights, v).permute(0, 2, 1, 3).contiguous()
        return self.norm(y.view(b, n, self.dim))


class Merged(nn.Module):
    """Heads put to the samples, as in attention with bmm."""

    def __init__(self, dim=8, heads=4):
        super().__init__()
        self.heads, self.head_dim = heads, dim // heads
        self.qkv = nn.Linear(dim, 3 * dim)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q = q.reshape(b, n, self.heads, self.head_dim).permute(0, 2, 1, 3).reshape(b * self.heads, n, self.head_dim)
        k = k.reshape(b, n, self.heads, self.head_dim).permute(0, 2, 1, 3).reshape(b * self.heads, n, self.head_dim)
        v = v.reshape(b, n, self.heads, self.head_dim).permute(0, 2, 1, 3).reshape(b * self.heads, n, self.head_dim)
        y = torch.bmm(torch.softmax(torch.bmm(q, k.transpose(1, 2)), dim=-1), v)
        return y.view(b, self.heads, n, self.head_dim).transpose(1, 2).reshape(b, n, self.heads * self.head_dim)


class ImageHeads(nn.Module):
    """Attention over the places of an image, heads of channels."""

    def __init__(self, dim=8, heads=2, dim_head=4):
        super().__init__()
        self.heads = heads
        self.inner = heads * dim_head
        self.scale = dim_head**-0.5
        self.to_qkv = nn.Conv2d(dim, self.inner * 3, 1, bias=False)
        self.to_out = nn.Conv2d(self.inner, dim, 1)

    def forward(self, x):
        b, c, h, w = x.shape
        q, k, v = self.to_qkv(x).chunk(3, dim=1)
        q, k, v = (t.reshape(b, self.heads, -1, h * w) for t in (q, k, v))
        sim = torch.einsum("bhdi,bhdj->bhij", q * self.scale, k)
        out = torch.einsum("bhij,bhdj->bhid", sim.softmax(dim=-1), v)
        return self.to_out(out.permute(0, 1, 3, 2).reshape(b, self.inner, h, w))


class LinearImage(nn.Module):
    """Linear attention: the groups of channels in front, all sizes said."""

    def __init__(self, dim=8, heads=2):
        super().__init__()
        self.heads, self.dim = heads, dim
        self.qkv = nn.Conv2d(dim, dim * 3, 1)

    def forward(self, x):
        b, c, h, w = x.shape
        qkv = self.qkv(x).view(b, 3, self.heads, self.dim // self.heads, h * w)
        q, k, v = qkv[:, 0].softmax(dim=-2), qkv[:, 1].softmax(dim=-1), qkv[:, 2]
        context = torch.einsum("bhdn,bhen->bhde", k, v)
        return torch.einsum("bhde,bhdn->bhen", context, q).reshape(b, self.dim, h, w)


def window_partition(x, size):
    b, h, w, c = x.shape
    x = x.view(b, h // size, size, w // size, size, c)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, size, size, c)


def window_reverse(windows, size, h, w):
    b = int(windows.shape[0] / (h * w / size / size))
    x = windows.view(b, h // size, w // size, size, size, -1)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(b, h, w, -1)


class Swin(nn.Module):
    """Attention in windows, shifted, with a bias table."""

    def __init__(self, dim=8, heads=2, window_size=4, shift=2):
        super().__init__()
        self.dim, self.heads, self.window, self.shift = dim, heads, window_size, shift
        self.bias = nn.Parameter(torch.zeros((2 * window_size - 1) ** 2, heads))
        coords = torch.stack(torch.meshgrid(torch.arange(window_size), torch.arange(window_size), indexing="ij"))
        flat = coords.flatten(1)
        relative = (flat[:, :, None] - flat[:, None, :]).permute(1, 2, 0).contiguous()
        relative = relative + (window_size - 1)
        relative[:, :, 0] *= 2 * window_size - 1
        self.register_buffer("index", relative.sum(-1))
        self.qkv = nn.Linear(dim, dim * 3)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        b, h, w, c = x.shape
        x = torch.roll(x, shifts=(-self.shift, -self.shift), dims=(1, 2))
        windows = window_partition(x, self.window).view(-1, self.window * self.window, c)
        n = self.window * self.window
        qkv = self.qkv(windows).reshape(-1, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        bias = self.bias[self.index.view(-1)].view(n, n, -1).permute(2, 0, 1)
        attn = (q @ k.transpose(-2, -1) + bias.unsqueeze(0)).softmax(dim=-1)
        y = self.proj((attn @ v).transpose(1, 2).reshape(-1, n, c))
        y = window_reverse(y.view(-1, self.window, self.window, c), self.window, h, w)
        return torch.roll(y, shifts=(self.shift, self.shift), dims=(1, 2))


class Expanded(nn.Module):
    """Grouped queries: keys repeated for several heads."""

    def __init__(self, dim=8, heads=4, kv_heads=2):
        super().__init__()
        self.heads, self.kv_heads = heads, kv_heads
        self.rep, self.hd = heads // kv_heads, dim // heads
        self.q, self.k = nn.Linear(dim, heads * self.hd), nn.Linear(dim, kv_heads * self.hd)

    def forward(self, x):
        b, n, _ = x.shape
        q = self.q(x).view(b, n, self.heads, self.hd)
        k = self.k(x).view(b, n, self.kv_heads, self.hd)
        k = k[:, :, :, None, :].expand(b, n, self.kv_heads, self.rep, self.hd).reshape(b, n, self.heads, self.hd)
        r = self.k(x).view(b, n, self.kv_heads, self.hd).repeat_interleave(self.rep, dim=2)
        return (q * k).flatten(2), (q - r).sum(-1)


class Config:
    """Attributes of a plain object."""

    def __init__(self, n_head=4, n_embd=8, block_size=6):
        self.n_head, self.n_embd, self.block_size = n_head, n_embd, block_size


class FromConfig(nn.Module):
    """The sizes come from a configuration that is made of arguments."""

    def __init__(self, n_head=4, n_embd=8, block=8):
        super().__init__()
        self.config = Config(n_head=n_head, n_embd=n_embd, block_size=block)
        self.c_attn = nn.Linear(self.config.n_embd, 3 * self.config.n_embd)
        self.register_buffer("bias", torch.tril(torch.ones(block, block)).view(1, 1, block, block))

    def forward(self, x):
        b, t, c = x.size()
        config = self.config
        q, k, v = self.c_attn(x).split(config.n_embd, dim=2)
        k = k.view(b, t, config.n_head, c // config.n_head).transpose(1, 2)
        q = q.view(b, t, self.config.n_head, c // self.config.n_head).transpose(1, 2)
        v = v.view(b, t, self.config.n_head, c // self.config.n_head).transpose(1, 2)
        att = q @ k.transpose(-2, -1)
        att = att.masked_fill(self.bias[:, :, :t, :t] == 0, float("-inf")).softmax(dim=-1)
        return (att @ v).transpose(1, 2).contiguous().view(b, t, c)


@dataclass
class GPTConfig:
    """Attributes of a dataclass."""

    n_head: int = 4
    n_embd: int = 8
    n_layer: int = 2


SMALL = GPTConfig()


class GPTBlock(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.n_head, self.n_embd = config.n_head, config.n_embd
        self.attn, self.ln = nn.Linear(config.n_embd, 3 * config.n_embd), nn.LayerNorm(config.n_embd)

    def forward(self, x):
        b, t, c = x.size()
        q, k, v = self.attn(self.ln(x)).split(self.n_embd, dim=2)
        q, k, v = (s.view(b, t, self.n_head, c // self.n_head).transpose(1, 2) for s in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v, scale=0.5)
        return x + y.transpose(1, 2).contiguous().view(b, t, c)


class FromDataclass(nn.Module):
    def __init__(self, config=SMALL):
        super().__init__()
        self.blocks = nn.ModuleList([GPTBlock(config) for _ in range(config.n_layer)])
        self.ln = nn.LayerNorm(config.n_embd)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.ln(x)


class Gathered(nn.Module):
    """Helper functions that get the numbers, a closure and a partial."""

    def __init__(self, heads=2, keep=2):
        super().__init__()
        self.heads = heads
        self.split = partial(split_heads, heads=heads)
        self.keep = lambda t: t[:, :keep]

    def forward(self, x):
        y = self.split(x)
        return merge_heads(y.softmax(-1), self.heads), self.keep(y).sum(1), split_heads(x, self.heads * 2)


def split_heads(x, heads):
    b, n, c = x.shape
    return x.view(b, n, heads, c // heads).transpose(1, 2).reshape(b * heads, n, c // heads)


def merge_heads(x, heads):
    bh, n, d = x.shape
    return x.view(bh // heads, heads, n, d).transpose(1, 2).reshape(bh // heads, n, heads * d)


class Criss(nn.Module):
    """Axes put to the samples, the width and height by themselves."""

    def __init__(self, dim=8, heads=2, size=4):
        super().__init__()
        self.heads, self.size, self.dim = heads, size, dim
        self.rows, self.cols = nn.Linear(dim, dim), nn.Linear(dim, dim)

    def forward(self, x):
        b, c, h, w = x.shape
        y = x.permute(0, 2, 3, 1).reshape(b * h, w, self.dim)
        y = self.rows(y).view(b * h, w, self.heads, self.dim // self.heads).softmax(2).reshape(b, h, w, self.dim)
        z = x.permute(0, 3, 2, 1).contiguous().view(b * self.size, self.size, c)
        z = self.cols(z).view(b, self.size, self.size, c).permute(0, 3, 2, 1)
        return y.permute(0, 3, 1, 2) + z
