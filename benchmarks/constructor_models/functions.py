"""Axes, paddings and modes that attributes say."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Axis(nn.Module):
    def __init__(self, dim=1, keep=False, cat=1):
        super().__init__()
        self.dim, self.keep, self.cat = dim, keep, cat

    def forward(self, x):
        y = x.mean(dim=self.dim, keepdim=self.keep)
        z = torch.cat([x, x * 2], dim=self.cat)
        return y, z, F.softmax(x, dim=self.dim)


class Scale(nn.Module):
    """Root mean square over an axis; 3-D tensors, whose layout no convolution changes."""

    def __init__(self, dim=-1, eps=1e-6, keep=True):
        super().__init__()
        self.dim, self.eps, self.keep = dim, eps, keep

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(self.dim, keepdim=True) + self.eps), x.sum(self.dim, keepdim=self.keep)


class Glu(nn.Module):
    def __init__(self, dim=-1):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        a, b = x.chunk(2, dim=self.dim)
        return F.normalize(a * b.sigmoid(), dim=self.dim)


class Pad(nn.Module):
    def __init__(self, pad=(1, 1, 1, 1), mode="constant", value=0.0):
        super().__init__()
        self.pad, self.mode, self.value = pad, mode, value

    def forward(self, x):
        if self.mode == "constant":
            return F.pad(x, self.pad, mode=self.mode, value=self.value)
        return F.pad(x, self.pad, mode=self.mode)


class Shuffle(nn.Module):
    def __init__(self, r=2, groups=2):
        super().__init__()
        self.up = nn.PixelShuffle(r)
        self.groups = groups

    def forward(self, x):
        b, c, h, w = x.shape
        y = x.view(b, self.groups, c // self.groups, h, w).transpose(1, 2).reshape(b, c, h, w)
        return self.up(y)


class Pooled(nn.Module):
    """What is left of a sequence: its mean, its maximum or its first step."""

    def __init__(self, pool="mean", dim=8):
        super().__init__()
        self.pool = pool
        self.head = nn.Linear(dim, 3)

    def forward(self, x):
        if self.pool == "mean":
            x = x.mean(dim=1)
        elif self.pool == "max":
            x = x.max(dim=1).values
        else:
            x = x[:, 0]
        return self.head(x)
