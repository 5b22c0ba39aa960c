import math

import torch
import torch.nn.functional as F
from torch import nn


def init_weights(module):
    """Start as Keras does."""
    if isinstance(module, nn.Conv2d) and module.groups > 1:
        # what is left between -2 and 2 deviations has the variance
        std = math.sqrt(2 / module.weight[0].numel()) / 0.8796256610342398
        nn.init.trunc_normal_(module.weight, std=std, a=-2 * std, b=2 * std)
    elif isinstance(module, nn.Conv2d):
        # what is left between -2 and 2 deviations has the variance
        std = math.sqrt(2 / module.weight[:, 0].numel()) / 0.8796256610342398
        nn.init.trunc_normal_(module.weight, std=std, a=-2 * std, b=2 * std)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Linear):
        nn.init.kaiming_uniform_(module.weight, a=math.sqrt(5), mode="fan_out")
        nn.init.zeros_(module.bias)


class Normalization(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("adapt_mean", torch.zeros(3))
        self.register_buffer("adapt_variance", torch.ones(3))

    def forward(self, inputs):
        mean = self.adapt_mean.reshape(1, 3, 1, 1)
        deviation = torch.clamp(
            torch.sqrt(self.adapt_variance.reshape(1, 3, 1, 1)), 1e-07
        )
        return (inputs - mean) / deviation


class Block(nn.Module):
    """An inverted residual block."""

    def __init__(
        self,
        filters_in,
        filters_out,
        expand_ratio,
        drop_rate=0.0,
        kernel_size=3,
        strides=1,
        se_ratio=0.25,
        id_skip=True,
    ):
        super().__init__()
        self.expand_ratio = expand_ratio
        self.strides = strides
        self.has_drop = id_skip and strides == 1 and filters_in == filters_out
        filters = filters_in * expand_ratio
        if expand_ratio != 1:
            self.expand_conv = nn.Conv2d(filters_in, filters, 1, bias=False)
            self.expand_bn = nn.BatchNorm2d(filters, eps=0.001, momentum=0.01)
        self.silu = nn.SiLU()
        if strides == 2:
            self.dwconv_pad = nn.ZeroPad2d(
                (0, 1, 0, 1) if kernel_size == 3 else (1, 2, 1, 2)
            )
        self.dwconv = nn.Conv2d(
            filters,
            filters,
            kernel_size,
            stride=strides,
            padding=kernel_size // 2 if strides == 1 else 0,
            groups=filters,
            bias=False,
        )
        self.bn = nn.BatchNorm2d(filters, eps=0.001, momentum=0.01)
        filters_se = max(1, int(filters_in * se_ratio))
        self.se_reduce = nn.Conv2d(filters, filters_se, 1)
        self.se_expand = nn.Conv2d(filters_se, filters, 1)
        self.project_conv = nn.Conv2d(filters, filters_out, 1, bias=False)
        self.project_bn = nn.BatchNorm2d(filters_out, eps=0.001, momentum=0.01)
        if self.has_drop:
            self.drop = nn.Dropout3d(drop_rate)

    def forward(self, inputs):
        x = inputs
        if self.expand_ratio != 1:
            x = self.expand_conv(inputs)
            x = self.expand_bn(x)
            x = self.silu(x)
        if self.strides == 2:
            x = self.dwconv_pad(x)
        x = self.dwconv(x)
        x = self.bn(x)
        x = self.silu(x)
        se = x.mean((2, 3), keepdim=True)
        se = self.se_reduce(se)
        se = self.se_expand(F.silu(se))
        x = x * F.sigmoid(se)
        x = self.project_conv(x)
        x = self.project_bn(x)
        if self.has_drop:
            x = self.drop(x.unsqueeze(1)).squeeze(1)
            x = x + inputs
        return x


class EfficientNetB0(nn.Module):
    def __init__(self, classes=1000):
        super().__init__()
        self.normalization = Normalization()
        self.stem_conv_pad = nn.ZeroPad2d((0, 1, 0, 1))
        self.stem_conv = nn.Conv2d(3, 32, 3, stride=2, bias=False)
        self.stem_bn = nn.BatchNorm2d(32, eps=0.001, momentum=0.01)
        self.silu = nn.SiLU()
        self.blocks = nn.Sequential(
            Block(32, 16, 1),
            Block(16, 24, 6, drop_rate=0.0125, strides=2),
            Block(24, 24, 6, drop_rate=0.025),
            Block(24, 40, 6, drop_rate=0.037500000000000006, kernel_size=5, strides=2),
            Block(40, 40, 6, drop_rate=0.05, kernel_size=5),
            Block(40, 80, 6, drop_rate=0.0625, strides=2),
            Block(80, 80, 6, drop_rate=0.07500000000000001),
            Block(80, 80, 6, drop_rate=0.08750000000000001),
            Block(80, 112, 6, drop_rate=0.1, kernel_size=5),
            Block(112, 112, 6, drop_rate=0.1125, kernel_size=5),
            Block(112, 112, 6, drop_rate=0.125, kernel_size=5),
            Block(112, 192, 6, drop_rate=0.1375, kernel_size=5, strides=2),
            Block(192, 192, 6, drop_rate=0.15000000000000002, kernel_size=5),
            Block(192, 192, 6, drop_rate=0.1625, kernel_size=5),
            Block(192, 192, 6, drop_rate=0.17500000000000002, kernel_size=5),
            Block(192, 320, 6, drop_rate=0.1875),
        )
        self.top_conv = nn.Conv2d(320, 1280, 1, bias=False)
        self.top_bn = nn.BatchNorm2d(1280, eps=0.001, momentum=0.01)
        self.top_dropout = nn.Dropout(0.2)
        self.predictions = nn.Linear(1280, classes)
        self.apply(init_weights)

    def forward(self, x):
        scale = torch.tensor(0.00392156862745098, dtype=torch.float32)
        x = x * scale
        x = self.normalization(x)
        x = self.stem_conv_pad(x)
        x = self.stem_conv(x)
        x = self.stem_bn(x)
        x = self.silu(x)
        x = self.blocks(x)
        x = self.top_conv(x)
        x = self.top_bn(x)
        x = self.silu(x)
        x = x.mean((2, 3))
        x = self.top_dropout(x)
        x = self.predictions(x)
        return F.softmax(x, dim=1)
