"""Windows whose sizes, strides and paddings the caller chooses."""

import torch.nn as nn
import torch.nn.functional as F


class Conv(nn.Module):
    def __init__(self, k=3, s=1, p=1, d=1, g=1, bias=True, mode="zeros"):
        super().__init__()
        self.conv = nn.Conv2d(4, 8, k, s, p, dilation=d, groups=g, bias=bias, padding_mode=mode)

    def forward(self, x):
        return self.conv(x)


class Pool(nn.Module):
    def __init__(self, k=2, s=None, p=0, ceil=False, kind="max"):
        super().__init__()
        if kind == "max":
            self.pool = nn.MaxPool2d(k, s, p, ceil_mode=ceil)
        else:
            self.pool = nn.AvgPool2d(k, s, p, ceil_mode=ceil)

    def forward(self, x):
        return self.pool(x)


class Adapt(nn.Module):
    def __init__(self, size=1, flat=True):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(size)
        self.flat = flat

    def forward(self, x):
        y = self.pool(x)
        return y.flatten(1) if self.flat else y


class Trans(nn.Module):
    def __init__(self, k=2, s=2, p=0, op=0):
        super().__init__()
        self.up = nn.ConvTranspose2d(4, 6, k, s, p, op)

    def forward(self, x):
        return self.up(x)


class Up(nn.Module):
    def __init__(self, scale=2, mode="nearest", align=None):
        super().__init__()
        self.scale, self.mode, self.align = scale, mode, align

    def forward(self, x):
        return F.interpolate(x, scale_factor=self.scale, mode=self.mode, align_corners=self.align)


class UpLayer(nn.Module):
    def __init__(self, scale=2, mode="nearest"):
        super().__init__()
        self.up = nn.Upsample(scale_factor=scale, mode=mode)
        self.conv = nn.Conv2d(4, 6, 3, padding=1)

    def forward(self, x):
        return self.conv(self.up(x))


class Wave(nn.Module):
    """Dilated and causal: what is padded on the right is cut."""

    def __init__(self, k=2, d=1, causal=True):
        super().__init__()
        self.causal = causal
        self.pad = (k - 1) * d
        self.conv = nn.Conv1d(4, 6, k, padding=self.pad if causal else self.pad // 2, dilation=d)

    def forward(self, x):
        y = self.conv(x)
        return y[:, :, : -self.pad] if self.causal and self.pad else y


class Stem(nn.Module):
    def __init__(self, width=8, kernel_size=7, stride=2, pool=True, pool_size=3, bias=False):
        super().__init__()
        self.conv = nn.Conv2d(3, width, kernel_size, stride, kernel_size // 2, bias=bias)
        self.norm = nn.BatchNorm2d(width)
        self.pool = nn.MaxPool2d(pool_size, 2, pool_size // 2) if pool else nn.Identity()

    def forward(self, x):
        return self.pool(self.norm(self.conv(x)).relu())
