"""Layers that the caller chooses: by a word, a class, a flag."""

from functools import partial

import torch.nn as nn

ACTIVATIONS = {"relu": nn.ReLU, "gelu": nn.GELU, "tanh": nn.Tanh, "silu": nn.SiLU, "elu": nn.ELU}


class Norm(nn.Module):
    def __init__(self, kind="batch", affine=True, eps=1e-5, groups=2):
        super().__init__()
        if kind == "batch":
            self.norm = nn.BatchNorm2d(4, eps=eps, affine=affine)
        elif kind == "group":
            self.norm = nn.GroupNorm(groups, 4, eps=eps)
        elif kind == "instance":
            self.norm = nn.InstanceNorm2d(4, affine=affine)
        else:
            self.norm = nn.Identity()

    def forward(self, x):
        return self.norm(x)


class Act(nn.Module):
    def __init__(self, name="relu", slope=0.01):
        super().__init__()
        self.act = {
            "relu": nn.ReLU(),
            "leaky": nn.LeakyReLU(slope),
            "gelu": nn.GELU(),
            "tanh": nn.Tanh(),
            "elu": nn.ELU(),
            "silu": nn.SiLU(),
            "none": nn.Identity(),
            "prelu": nn.PReLU(),
        }[name]

    def forward(self, x):
        return self.act(x)


class Named(nn.Module):
    def __init__(self, act="relu", hidden=6):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, hidden), ACTIVATIONS[act](), nn.Linear(hidden, 2))

    def forward(self, x):
        return self.net(x)


class Drop(nn.Module):
    def __init__(self, p=0.1, bias=True, act=nn.ReLU, n=1):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4, bias=bias) for _ in range(n)])
        self.act = act()
        self.drop = nn.Dropout(p) if p > 0 else nn.Identity()

    def forward(self, x):
        for layer in self.layers:
            x = self.drop(self.act(layer(x)))
        return x


class Mlp(nn.Module):
    def __init__(self, hidden=(16, 8), act=nn.ReLU, dropout=0.0, norm=False):
        super().__init__()
        layers = []
        width = 4
        for size in hidden:
            layers.append(nn.Linear(width, size))
            if norm:
                layers.append(nn.LayerNorm(size))
            layers.append(act())
            if dropout > 0:
                layers.append(nn.Dropout(dropout))
            width = size
        layers.append(nn.Linear(width, 3))
        self.net = nn.Sequential(*layers)

    def forward(self, x):
        return self.net(x)


class Block(nn.Module):
    """A convolution with the norm and the activation that the caller hands over as classes."""

    def __init__(self, width=8, norm_layer=nn.BatchNorm2d, act_layer=nn.ReLU, groups=1, bias=True):
        super().__init__()
        self.conv = nn.Conv2d(4, width, 3, padding=1, groups=groups, bias=bias)
        self.norm = norm_layer(width)
        self.act = act_layer()

    def forward(self, x):
        return self.act(self.norm(self.conv(x)))


GROUPS = partial(nn.GroupNorm, 2)
