"""Groups, ratios, parts and anchors of channels: shapes that are made of parameters."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class GroupedBatch(nn.Module):
    """Groups of channels put to the samples and taken back."""

    def __init__(self, groups=4):
        super().__init__()
        self.groups = groups
        self.weight = nn.Parameter(torch.ones(1, groups, 1, 1))

    def forward(self, x):
        b, c, h, w = x.shape
        x = x.view(b * self.groups, -1, h, w)
        y = (x * x.mean((2, 3), keepdim=True)).sum(dim=1, keepdim=True)
        t = y.view(b * self.groups, -1)
        t = (t - t.mean(dim=1, keepdim=True)) / (t.std(dim=1, keepdim=True) + 1e-5)
        t = t.view(b, self.groups, h, w) * self.weight
        t = t.view(b * self.groups, 1, h, w)
        return (x * torch.sigmoid(t)).view(b, c, h, w)


class SplitHeads(nn.Module):
    """Channels as heads, places as one axis."""

    def __init__(self, heads=4):
        super().__init__()
        self.heads = heads

    def forward(self, x):
        b, c, h, w = x.shape
        y = x.view(b, self.heads, c // self.heads, h * w)
        z = torch.softmax(y, dim=2) + y.mean(2, keepdim=True)
        return z.view(b, c, h, w), y.amax(1)


class Shuffled(nn.Module):
    """ShuffleNet's shuffle, the number of channels of a group computed."""

    def __init__(self, groups=4):
        super().__init__()
        self.groups = groups

    def forward(self, x):
        b, c, h, w = x.size()
        per_group = c // self.groups
        x = x.view(b, self.groups, per_group, h, w)
        x = torch.transpose(x, 1, 2).contiguous()
        return x.view(b, -1, h, w)


class Ratio(nn.Module):
    """Squeeze and excitation, its gate by view."""

    def __init__(self, channels=8, ratio=2):
        super().__init__()
        self.channels = channels
        self.mid = channels // ratio
        self.fc1, self.fc2 = nn.Linear(channels, self.mid), nn.Linear(self.mid, channels)

    def forward(self, x):
        y = F.adaptive_avg_pool2d(x, 1).view(-1, self.channels)
        y = torch.sigmoid(self.fc2(F.relu(self.fc1(y))))
        return x * y.view(-1, self.channels, 1, 1)


class Chunks(nn.Module):
    """chunk, split, tensor_split by parameters."""

    def __init__(self, parts=4, size=2):
        super().__init__()
        self.parts, self.size = parts, size

    def forward(self, x):
        y = torch.cat([p * (i + 1) for i, p in enumerate(torch.chunk(x, self.parts, dim=1))], dim=1)
        z = torch.stack([s.mean(1) for s in torch.split(x, self.size, dim=1)], dim=1)
        return y, z


class SplitSizes(nn.Module):
    """split with a list of computed sizes."""

    def __init__(self, dim=8, inner=6, state=2):
        super().__init__()
        self.inner, self.state = inner, state
        self.fc = nn.Linear(dim, 2 * inner + state)

    def forward(self, x):
        a, b, c = torch.split(self.fc(x), [self.inner, self.inner, self.state], dim=-1)
        z = self.fc(x)
        return a * torch.sigmoid(b), c, z[..., : self.inner] - z[..., self.inner : 2 * self.inner]


class Res2(nn.Module):
    """Res2Net: the channels in parts, each with its own layer."""

    def __init__(self, channels=8, scales=4):
        super().__init__()
        self.scales = scales
        self.width = channels // scales
        self.convs = nn.ModuleList([nn.Conv2d(self.width, self.width, 3, padding=1) for _ in range(scales - 1)])

    def forward(self, x):
        parts = torch.split(x, self.width, dim=1)
        out, last = [parts[0]], parts[0]
        for i in range(1, self.scales):
            last = self.convs[i - 1](parts[i] + last)
            out.append(last)
        return torch.cat(out, dim=1)


class Mixing(nn.Module):
    """A child whose sizes the parent hands down."""

    def __init__(self, dim, groups):
        super().__init__()
        self.dim, self.groups = dim, groups
        self.fc = nn.Linear(dim // groups, dim // groups)

    def forward(self, x):
        b, n, c = x.shape
        y = self.fc(x.view(b, n, self.groups, self.dim // self.groups))
        return x + y.transpose(2, 3).reshape(b, n, c)


class Handed(nn.Module):
    def __init__(self, dim=8, groups=2, depth=2):
        super().__init__()
        self.layers = nn.ModuleList([Mixing(dim, groups) for _ in range(depth)])
        self.last = Mixing(dim, groups * 2)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.last(x)


class ClassAttribute(nn.Module):
    """A factor that is an attribute of the class, a module's constant, and a parameter beside them."""

    expansion = 2

    def __init__(self, planes=4, cardinality=2):
        super().__init__()
        self.cardinality = cardinality
        self.out = planes * self.expansion
        self.conv = nn.Conv2d(4, self.out, 1)

    def forward(self, x):
        y = self.conv(x)
        b, _, h, w = y.shape
        y = y.view(b, self.cardinality, self.out // self.cardinality, h, w)
        return y.sum(1), y.flatten(1, 2).view(b, self.expansion, -1, h * w)


class SplitAttention(nn.Module):
    """ResNeSt: radix and cardinality."""

    def __init__(self, channels=4, radix=2, cardinality=2):
        super().__init__()
        self.radix, self.cardinality, self.channels = radix, cardinality, channels
        self.conv = nn.Conv2d(4, channels * radix, 1, groups=cardinality)
        self.fc = nn.Conv2d(channels, channels * radix, 1, groups=cardinality)

    def forward(self, x):
        x = self.conv(x)
        b, rc = x.shape[:2]
        splited = torch.split(x, rc // self.radix, dim=1)
        gap = F.adaptive_avg_pool2d(sum(splited), 1)
        att = self.fc(gap).view(b, self.cardinality, self.radix, -1).transpose(1, 2)
        att = F.softmax(att, dim=1).reshape(b, -1).view(b, -1, 1, 1)
        attens = torch.split(att, rc // self.radix, dim=1)
        return sum(a * s for a, s in zip(attens, splited))


class RadixView(nn.Module):
    """The same by view: an axis for the radix."""

    def __init__(self, channels=4, radix=2):
        super().__init__()
        self.radix, self.channels = radix, channels
        self.conv = nn.Conv2d(4, channels * radix, 1)

    def forward(self, x):
        x = self.conv(x)
        b, rc, h, w = x.shape
        x = x.reshape(b, self.radix, rc // self.radix, h, w)
        gate = x.sum(dim=1).mean((2, 3), keepdim=True)
        att = gate.repeat(1, self.radix, 1, 1).view(b, self.radix, self.channels).softmax(dim=1)
        return (x * att.view(b, self.radix, self.channels, 1, 1)).sum(dim=1)


class Maxout(nn.Module):
    """The largest of several, and the same over channels."""

    def __init__(self, out=4, pieces=2):
        super().__init__()
        self.out, self.pieces = out, pieces
        self.fc, self.conv = nn.Linear(4, out * pieces), nn.Conv2d(4, out * pieces, 1)

    def forward(self, x):
        y = self.conv(x)
        b, _, h, w = y.shape
        z = self.fc(x.mean((2, 3)))
        return z.view(-1, self.out, self.pieces).max(-1)[0], y.view(b, self.out, self.pieces, h, w).max(2)[0]


class Capsules(nn.Module):
    """Capsules: channels cut into vectors."""

    def __init__(self, caps=2, dim=4):
        super().__init__()
        self.caps, self.dim = caps, dim
        self.conv = nn.Conv2d(4, caps * dim, 3, stride=2)

    def forward(self, x):
        x = self.conv(x)
        b = x.size(0)
        x = x.view(b, self.caps, self.dim, -1).permute(0, 1, 3, 2).reshape(b, -1, self.dim)
        return x / (x.norm(dim=-1, keepdim=True) + 1e-3)


class Detect(nn.Module):
    """YOLO's head: anchors and classes."""

    def __init__(self, nc=3, na=2, ch=4):
        super().__init__()
        self.nc, self.na = nc, na
        self.no = nc + 5
        self.conv = nn.Conv2d(ch, self.no * na, 1)

    def forward(self, x):
        x = self.conv(x)
        bs, _, ny, nx = x.shape
        x = x.view(bs, self.na, self.no, ny, nx).permute(0, 1, 3, 4, 2).contiguous()
        return x, x[..., :5].sigmoid().view(bs, -1, 5), x[..., 5 : 5 + self.nc].reshape(bs, self.na * ny * nx, self.nc)


class Anchors(nn.Module):
    """RetinaNet's head: boxes of anchors."""

    def __init__(self, num_anchors=3, num_classes=4):
        super().__init__()
        self.num_anchors, self.num_classes = num_anchors, num_classes
        self.cls = nn.Conv2d(4, num_anchors * num_classes, 3, padding=1)
        self.box = nn.Conv2d(4, num_anchors * 4, 3, padding=1)

    def forward(self, x):
        out = self.cls(x).permute(0, 2, 3, 1)
        b, h, w, c = out.shape
        out = out.view(b, h, w, self.num_anchors, self.num_classes)
        box = self.box(x).permute(0, 2, 3, 1)
        return out.contiguous().view(x.shape[0], -1, self.num_classes), box.contiguous().view(b, -1, 4)


class Involution(nn.Module):
    """A kernel for every place, by unfold."""

    def __init__(self, channels=8, kernel_size=3, group_channels=4):
        super().__init__()
        self.kernel_size, self.group_channels = kernel_size, group_channels
        self.groups = channels // group_channels
        self.span = nn.Conv2d(channels, kernel_size**2 * self.groups, 1)
        self.unfold = nn.Unfold(kernel_size, padding=(kernel_size - 1) // 2)

    def forward(self, x):
        weight = self.span(x)
        b, c, h, w = weight.shape
        weight = weight.view(b, self.groups, self.kernel_size**2, h, w).unsqueeze(2)
        out = self.unfold(x).view(b, self.groups, self.group_channels, self.kernel_size**2, h, w)
        return (weight * out).sum(dim=3).view(b, self.groups * self.group_channels, h, w)


class Dynamic(nn.Module):
    """Kernels that are made of the input: grouped by samples."""

    def __init__(self, dim=4, k=3, bank=2):
        super().__init__()
        self.dim, self.k, self.bank = dim, k, bank
        self.weight = nn.Parameter(torch.randn(bank, dim * dim * k * k))
        self.gate = nn.Linear(4, bank)

    def forward(self, x):
        gate = self.gate(x.mean((2, 3))).softmax(-1).mean(0)
        kernel = (gate.view(self.bank, 1) * self.weight).sum(0).view(self.dim, self.dim, self.k, self.k)
        return F.conv2d(x, kernel, padding=self.k // 2)
