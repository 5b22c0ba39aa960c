"""Patches, windows, frames, tables and images whose sizes are parameters: shapes that are made of them."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class PatchView(nn.Module):
    """Patches of an image by view and permute."""

    def __init__(self, patch=2, dim=6):
        super().__init__()
        self.patch = patch
        self.proj = nn.Linear(3 * patch * patch, dim)

    def forward(self, x):
        b, c, h, w = x.shape
        p = self.patch
        x = x.reshape(b, c, h // p, p, w // p, p)
        x = x.permute(0, 2, 4, 3, 5, 1).reshape(b, (h // p) * (w // p), p * p * c)
        return self.proj(x)


class PatchUnfold(nn.Module):
    """Patches of an image by unfold."""

    def __init__(self, patch=2, dim=6):
        super().__init__()
        self.patch = patch
        self.proj = nn.Linear(3 * patch**2, dim)

    def forward(self, x):
        b, c = x.shape[:2]
        y = x.unfold(2, self.patch, self.patch).unfold(3, self.patch, self.patch)
        y = y.permute(0, 2, 3, 1, 4, 5).reshape(b, -1, c * self.patch * self.patch)
        z = F.unfold(x, kernel_size=self.patch, stride=self.patch).transpose(1, 2)
        return self.proj(y), z


class PatchEmbed(nn.Module):
    """Patches by a convolution, with positions for as many."""

    def __init__(self, img_size=12, patch_size=4, in_chans=3, embed_dim=8):
        super().__init__()
        self.grid = img_size // patch_size
        self.num_patches = self.grid**2
        self.proj = nn.Conv2d(in_chans, embed_dim, patch_size, stride=patch_size)
        self.cls = nn.Parameter(torch.zeros(1, 1, embed_dim))
        self.pos = nn.Parameter(torch.zeros(1, self.num_patches + 1, embed_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, x):
        b = x.shape[0]
        x = self.proj(x).flatten(2).transpose(1, 2)
        x = torch.cat((self.cls.expand(b, -1, -1), x), dim=1) + self.pos
        x = self.norm(x)
        return x[:, 0], x[:, 1:].transpose(1, 2).reshape(b, -1, self.grid, self.grid)


class WindowImages(nn.Module):
    """Windows of channels-first images."""

    def __init__(self, window=4, dim=6):
        super().__init__()
        self.window = window
        self.fc = nn.Conv2d(4, dim, 1)

    def forward(self, x):
        x = self.fc(x)
        b, c, h, w = x.shape
        s = self.window
        x = x.view(b, c, h // s, s, w // s, s).permute(0, 2, 4, 3, 5, 1).contiguous().view(-1, s * s, c)
        x = x.softmax(dim=1)
        x = x.view(b, h // s, w // s, s, s, c).permute(0, 5, 1, 3, 2, 4).contiguous().view(b, c, h, w)
        return x


class Shrunk(nn.Module):
    """Pixels put into channels and back by hand."""

    def __init__(self, r=2):
        super().__init__()
        self.r = r

    def forward(self, x):
        b, c, h, w = x.shape
        y = x.view(b, c, h // self.r, self.r, w // self.r, self.r)
        y = y.permute(0, 1, 3, 5, 2, 4).reshape(b, c * self.r**2, h // self.r, w // self.r)
        z = F.pixel_shuffle(y, self.r)
        return y, z * 2, F.pixel_unshuffle(x, self.r)


class SubPixel(nn.Module):
    """Channels for an upsampling, and the same by view."""

    def __init__(self, dim=4, scale=2):
        super().__init__()
        self.scale, self.dim = scale, dim
        self.conv = nn.Conv2d(4, dim * scale**2, 3, padding=1)

    def forward(self, x):
        y = self.conv(x)
        b, _, h, w = y.shape
        s = self.scale
        z = y.view(b, self.dim, s, s, h, w).permute(0, 1, 4, 2, 5, 3).reshape(b, self.dim, h * s, w * s)
        return z, F.pixel_shuffle(y, s)


class Repeated(nn.Module):
    """repeat and expand of a learned table."""

    def __init__(self, queries=5, dim=4, times=2):
        super().__init__()
        self.queries, self.dim, self.times = queries, dim, times
        self.table = nn.Parameter(torch.randn(queries, dim))

    def forward(self, x):
        b = x.shape[0]
        y = self.table.unsqueeze(0).repeat(b, self.times, 1)
        z = self.table.expand(b, self.queries, self.dim)
        return y.reshape(b, self.times, self.queries, self.dim), z + x.mean(1, keepdim=True)


class Buffers(nn.Module):
    """Buffers whose sizes are parameters, cut to what is there."""

    def __init__(self, dim=8, max_len=12, window=3):
        super().__init__()
        self.window = window
        pos = torch.arange(max_len).unsqueeze(1).double()
        div = torch.exp(torch.arange(0, dim, 2).double() * (-math.log(10000.0) / dim))
        table = torch.zeros(max_len, dim).double()
        table[:, 0::2], table[:, 1::2] = torch.sin(pos * div), torch.cos(pos * div)
        self.register_buffer("table", table)
        self.register_buffer("mask", torch.tril(torch.ones(max_len, max_len)).view(1, max_len, max_len))

    def forward(self, x):
        n = x.shape[1]
        return x + self.table[:n], x[:, -self.window :], x[:, : self.window] * self.mask[:, :1, :1]


class Bounds(nn.Module):
    """Slices whose bounds are computed of parameters."""

    def __init__(self, keep=3, dim=8, margin=1):
        super().__init__()
        self.keep, self.half, self.margin = keep, dim // 2, margin
        self.fc = nn.Linear(8, dim)

    def forward(self, x):
        x = self.fc(x)
        a, b = x[..., : self.half], x[..., self.half :]
        return torch.cat((-b, a), dim=-1)[:, : self.keep], x[:, self.margin : -self.margin], x[:, -self.keep]


class Crop(nn.Module):
    """Borders of images cut off, and channels."""

    def __init__(self, border=2, keep=3):
        super().__init__()
        self.border, self.keep = border, keep

    def forward(self, x):
        m = self.border
        return x[:, : self.keep, m:-m, m:-m], x[:, self.keep :], torch.narrow(x, 1, 0, self.keep)


class Unflat(nn.Module):
    """A latent vector unfolded to an image."""

    def __init__(self, latent=6, channels=4, size=3):
        super().__init__()
        self.channels, self.size = channels, size
        self.fc = nn.Linear(6, latent)
        self.up = nn.Linear(latent, channels * size * size)
        self.conv = nn.Conv2d(channels, 2, 1)

    def forward(self, x):
        x = self.up(self.fc(x))
        y = x.view(-1, self.channels, self.size, self.size)
        z = x.unflatten(1, (self.channels, self.size**2))
        return self.conv(y), z.mean(1), self.conv(torch.reshape(x, (x.shape[0], self.channels, self.size, self.size)))


class Decoder(nn.Module):
    """A layer of the library for the unfolding; its sizes kept in a tuple."""

    def __init__(self, channels=4, size=3):
        super().__init__()
        self.shape = (channels, size, size)
        self.fc = nn.Sequential(nn.Linear(6, channels * size**2), nn.Unflatten(1, (channels, size, size)))

    def forward(self, x):
        y = self.fc(x)
        return y, y.flatten(1).view(-1, *self.shape).sum(1)


class Frames(nn.Module):
    """Frames of a video put to the samples and taken back."""

    def __init__(self, frames=4, segments=2):
        super().__init__()
        self.frames, self.segments = frames, segments
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, x):
        x = self.conv(x)
        bt, c, h, w = x.shape
        y = x.view(bt // self.frames, self.frames, c, h, w)
        z = y.view(-1, self.segments, self.frames // self.segments, c, h, w)
        return y.mean(1), z.amax(2).view(-1, c, h, w)


class Shift(nn.Module):
    """Temporal shift: a part of the channels moved along the frames."""

    def __init__(self, segments=4, div=4):
        super().__init__()
        self.segments, self.div = segments, div

    def forward(self, x):
        nt, c, h, w = x.size()
        x = x.view(nt // self.segments, self.segments, c, h, w)
        fold = c // self.div
        left = torch.cat((x[:, 1:, :fold], torch.zeros_like(x[:, :1, :fold])), dim=1)
        right = torch.cat((torch.zeros_like(x[:, :1, fold : 2 * fold]), x[:, :-1, fold : 2 * fold]), dim=1)
        return torch.cat((left, right, x[:, :, 2 * fold :]), dim=2).view(nt, c, h, w)


class Segments(nn.Module):
    """A sequence in blocks."""

    def __init__(self, block=4, dim=6):
        super().__init__()
        self.block, self.dim = block, dim
        self.fc = nn.Linear(4, dim)

    def forward(self, x):
        b, n, _ = x.shape
        blocks = n // self.block
        x = self.fc(x).view(b, blocks, self.block, self.dim)
        y = x.softmax(2).reshape(b * blocks, self.block, self.dim).sum(1)
        return x.reshape(b, n, self.dim), y.view(b, blocks, -1)


class Waves(nn.Module):
    """Sequences with channels first, in groups and steps."""

    def __init__(self, groups=2, factor=2):
        super().__init__()
        self.groups, self.factor = groups, factor
        self.conv = nn.Conv1d(4, 8, 1)

    def forward(self, x):
        x = self.conv(x)
        b, c, t = x.shape
        y = x.view(b, c, t // self.factor, self.factor).permute(0, 1, 3, 2).reshape(b, c * self.factor, -1)
        z = x.view(b, self.groups, c // self.groups, t)
        return y, (z * z.mean(-1, keepdim=True)).view(b, c, t), x.view(b, self.groups, -1).var(2)


class Bilinear(nn.Module):
    """Loops over parameters that stack and put together."""

    def __init__(self, steps=3, dim=4, groups=2):
        super().__init__()
        self.steps, self.groups, self.dim = steps, groups, dim
        self.cell = nn.Linear(dim, dim)

    def forward(self, x):
        h, out = x[:, 0], []
        for _ in range(self.steps):
            h = torch.tanh(self.cell(h))
            out.append(h)
        y = torch.stack(out, dim=1)
        z = torch.cat([part.cumsum(-1) for part in y.split(self.dim // self.groups, dim=-1)], dim=-1)
        return y.view(-1, self.steps * self.dim), z.reshape(x.shape[0], self.steps, self.groups, -1).mean(1)


class Masks(nn.Module):
    """Tensors that are made of parameters in the forward pass."""

    def __init__(self, window=2, size=6, dim=4):
        super().__init__()
        self.window, self.size, self.dim = window, size, dim
        self.fc = nn.Linear(4, dim)

    def forward(self, x):
        x = self.fc(x)
        i = torch.arange(self.size)
        near = (i[None, :] - i[:, None]).abs() <= self.window
        y = (x @ x.transpose(1, 2)).masked_fill(~near, -1e9).softmax(-1) @ x
        bias = torch.zeros(self.size, self.dim) + torch.linspace(0, 1, self.dim)
        return y + bias, torch.eye(self.size)[None] @ x, torch.full((self.size, 1), 0.5) * x


class Pyramid(nn.Module):
    """Pools of several sizes, kept in a tuple."""

    def __init__(self, sizes=(1, 2, 4), dim=4):
        super().__init__()
        self.sizes = sizes
        self.fc = nn.Linear(dim * sum(s * s for s in sizes), 3)

    def forward(self, x):
        b = x.shape[0]
        return self.fc(torch.cat([F.adaptive_avg_pool2d(x, s).view(b, -1) for s in self.sizes], dim=1))


class Tokens(nn.Module):
    """Tokens of an image made an image again, by a computed side."""

    def __init__(self, img=8, patch=2, dim=4, classes=2):
        super().__init__()
        self.side, self.dim, self.patch, self.classes = img // patch, dim, patch, classes
        self.fc = nn.Linear(4, dim)
        self.head = nn.Linear(dim, patch**2 * classes)

    def forward(self, x):
        b = x.shape[0]
        y = self.fc(x)
        image = y.transpose(1, 2).view(b, self.dim, self.side, self.side)
        t = self.head(y).view(b, self.side, self.side, self.patch, self.patch, self.classes)
        t = torch.einsum("nhwpqc->nchpwq", t)
        return image, t.reshape(b, self.classes, self.side * self.patch, self.side * self.patch)
