"""Parameters whose values at the reading change nothing: one group, a padding of 0, a factor of 1, the last axis."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Same(nn.Module):
    """A convolution that keeps the size, whatever its kernel is."""

    def __init__(self, k=1, stride=1, dilation=1, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(4, 8, k, stride, padding=(k - 1) // 2, groups=groups)
        self.wide = nn.Conv2d(8, 8, 3, padding=dilation, dilation=dilation)

    def forward(self, x):
        return self.wide(self.conv(x))


class Windows(nn.Module):
    """Pools, paddings and transposed convolutions that do nothing yet."""

    def __init__(self, k=1, pool=1, pad=0, up=1, shift=0):
        super().__init__()
        self.pool = nn.MaxPool2d(k, stride=1, padding=k // 2)
        self.mean = nn.AvgPool2d(pool)
        self.pad = nn.ZeroPad2d(pad)
        self.mirror = nn.ReflectionPad2d(k // 2)
        self.up = nn.ConvTranspose2d(4, 6, up, stride=up)
        self.shift = shift

    def forward(self, x):
        x = self.up(self.mirror(self.pad(self.mean(self.pool(x)))))
        return F.pad(x, (self.shift, 0, 0, self.shift))


class Causal(nn.Module):
    """Padded on the left by what the kernel reaches back."""

    def __init__(self, k=1, dilation=1):
        super().__init__()
        self.left = (k - 1) * dilation
        self.conv = nn.Conv1d(4, 6, k, dilation=dilation)

    def forward(self, x):
        return self.conv(F.pad(x, (self.left, 0)))


class Factors(nn.Module):
    """Numbers that multiply, add, divide, raise."""

    def __init__(self, scale=1.0, shift=0.0, power=1, temperature=1.0, low=0.0, slope=0.0):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.scale, self.shift, self.power = scale, shift, power
        self.temperature, self.low, self.slope = temperature, low, slope

    def forward(self, x):
        y = self.fc(x) * self.scale + self.shift
        y = y.abs().pow(self.power)
        y = torch.softmax(y / self.temperature, dim=-1) + torch.add(x, y, alpha=self.scale)
        return F.leaky_relu(y, self.slope), y.clamp(min=self.low), F.elu(y, alpha=self.scale)


class Grouped(nn.Module):
    """Spatial group-wise enhancement: every group of channels by itself."""

    def __init__(self, groups=1):
        super().__init__()
        self.groups = groups
        self.weight = nn.Parameter(torch.ones(1, groups, 1, 1))

    def forward(self, x):
        b, c, h, w = x.size()
        x = x.view(b * self.groups, -1, h, w)
        y = (x * x.mean((2, 3), keepdim=True)).sum(dim=1, keepdim=True)
        t = y.view(b * self.groups, -1)
        t = t - t.mean(dim=1, keepdim=True)
        t = t.view(b, self.groups, h, w) * self.weight
        t = t.view(b * self.groups, 1, h, w)
        return (x * torch.sigmoid(t)).view(b, c, h, w)


class Halves(nn.Module):
    """Groups of channels as two axes, and the other way round."""

    def __init__(self, groups=2):
        super().__init__()
        self.groups = groups
        self.conv = nn.Conv2d(4, 8, 1)

    def forward(self, x):
        x = self.conv(x)
        b, _, h, w = x.shape
        y = x.view(b, self.groups, -1, h, w)
        z = x.reshape(b, -1, self.groups, h, w)
        return y.mean(2), z.mean(2), x.view(b * self.groups, -1)


class Heads(nn.Module):
    """Attention written out, with one head."""

    def __init__(self, heads=1, dim=8):
        super().__init__()
        self.heads, self.scale = heads, (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-2, -1) * self.scale).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).reshape(b, n, d))


class Patches(nn.Module):
    """Windows of an image, one place each."""

    def __init__(self, window=1):
        super().__init__()
        self.window = window
        self.fc = nn.Linear(4, 6)

    def forward(self, x):
        b, h, w, c = x.shape
        s = self.window
        x = x.view(b, h // s, s, w // s, s, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, s * s, c)
        x = self.fc(x).softmax(1)
        return x.view(b, h // s, w // s, s, s, -1).permute(0, 1, 3, 2, 4, 5).reshape(b, h, w, -1)


class Stack(nn.Module):
    """One layer, one direction, one branch."""

    def __init__(self, num_layers=1, bidirectional=False, branches=1, bias=False):
        super().__init__()
        width = 6 * (2 if bidirectional else 1)
        self.rnn = nn.GRU(4, 6, num_layers, batch_first=True, bidirectional=bidirectional)
        self.branches = nn.ModuleList([nn.Linear(width, 3, bias=bias) for _ in range(branches)])

    def forward(self, x):
        y, h = self.rnn(x)
        return sum(branch(y) for branch in self.branches), h[-1]


class Places(nn.Module):
    """Slices, shifts and repetitions of a sequence."""

    def __init__(self, crop=0, step=1, shift=0, times=1, parts=1):
        super().__init__()
        self.crop, self.step, self.shift, self.times, self.parts = crop, step, shift, times, parts

    def forward(self, x):
        y = x[:, self.crop :, :: self.step]
        z = torch.roll(x, self.shift, dims=1).repeat(1, self.times, 1)
        return y, z, torch.chunk(x, self.parts, dim=2)[0], x.repeat_interleave(self.times, dim=2)


class Axes(nn.Module):
    """Axes counted from the end, of images."""

    def __init__(self, dim=-1, start=1, other=-2):
        super().__init__()
        self.dim, self.start, self.other = dim, start, other
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, x):
        x = self.conv(x)
        y = x.transpose(self.dim, self.other).softmax(self.dim)
        return y, x.flatten(self.start), x.cumsum(self.dim), x.flip(self.dim), x.amax(self.dim), x.unsqueeze(self.dim)


class Heading(nn.Module):
    """One class, whose axis goes."""

    def __init__(self, classes=1, hidden=8, reduction=1):
        super().__init__()
        self.fc = nn.Linear(hidden, hidden // reduction)
        self.out = nn.Linear(hidden // reduction, classes)

    def forward(self, x):
        y = self.out(torch.relu(self.fc(x)))
        return y.squeeze(-1), y.view(-1), torch.sigmoid(y).mean(1)


class Resized(nn.Module):
    """Sizes that are what they were."""

    def __init__(self, scale=1, r=1, groups=1, size=1):
        super().__init__()
        self.scale = scale
        self.shuffle = nn.PixelShuffle(r)
        self.norm = nn.GroupNorm(groups, 8)
        self.pool = nn.AdaptiveAvgPool2d(size)

    def forward(self, x):
        x = self.norm(x)
        gate = self.pool(x)
        return self.shuffle(F.interpolate(x, scale_factor=self.scale)), gate, gate.flatten(1)
