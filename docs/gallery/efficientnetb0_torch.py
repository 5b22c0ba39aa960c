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
        p=None,
        filters_in=32,
        filters_out=16,
        kernel_size=3,
        strides=1,
        expand_ratio=1,
        se_ratio=0.0,
        id_skip=True,
    ):
        super().__init__()
        self.filters_in = filters_in * expand_ratio
        self.expand_ratio = expand_ratio
        self.strides = strides
        self.has_drop = id_skip and strides == 1 and filters_in == filters_out
        if expand_ratio != 1:
            self.expand_conv = nn.Conv2d(
                filters_in, filters_in * expand_ratio, 1, bias=False
            )
            self.expand_bn = nn.BatchNorm2d(
                filters_in * expand_ratio, eps=0.001, momentum=0.01
            )
        self.silu = nn.SiLU()
        if strides == 2:
            self.dwconv_pad = nn.ZeroPad2d(
                (0, 1, 0, 1) if kernel_size == 3 else (1, 2, 1, 2)
            )
        self.dwconv = nn.Conv2d(
            filters_in * expand_ratio,
            filters_in * expand_ratio,
            kernel_size,
            padding=kernel_size // 2 if strides == 1 else 0,
            groups=filters_in * expand_ratio,
            bias=False,
            stride=strides,
        )
        self.bn = nn.BatchNorm2d(filters_in * expand_ratio, eps=0.001, momentum=0.01)
        self.se_reduce = nn.Conv2d(
            filters_in * expand_ratio, max(1, int(filters_in * se_ratio)), 1
        )
        self.se_expand = nn.Conv2d(
            max(1, int(filters_in * se_ratio)), filters_in * expand_ratio, 1
        )
        self.project_conv = nn.Conv2d(
            filters_in * expand_ratio, filters_out, 1, bias=False
        )
        self.project_bn = nn.BatchNorm2d(filters_out, eps=0.001, momentum=0.01)
        if id_skip and strides == 1 and filters_in == filters_out:
            self.drop = nn.Dropout3d(p)

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
        se = torch.mean(x, dim=(2, 3))
        se = se.reshape(-1, self.filters_in, 1, 1)
        se = self.se_reduce(se)
        se = self.se_expand(F.silu(se))
        x = x * F.sigmoid(se)
        x = self.project_conv(x)
        x = self.project_bn(x)
        if self.has_drop:
            x = torch.squeeze(self.drop(torch.unsqueeze(x, 1)), 1)
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
            Block(se_ratio=0.25),
            Block(
                filters_in=16, filters_out=24, strides=2, expand_ratio=6, se_ratio=0.25
            ),
            Block(
                p=0.025, filters_in=24, filters_out=24, expand_ratio=6, se_ratio=0.25
            ),
            Block(
                filters_in=24,
                filters_out=40,
                kernel_size=5,
                strides=2,
                expand_ratio=6,
                se_ratio=0.25,
            ),
            Block(
                p=0.05,
                filters_in=40,
                filters_out=40,
                kernel_size=5,
                expand_ratio=6,
                se_ratio=0.25,
            ),
            Block(
                filters_in=40, filters_out=80, strides=2, expand_ratio=6, se_ratio=0.25
            ),
            Block(
                p=0.07500000000000001,
                filters_in=80,
                filters_out=80,
                expand_ratio=6,
                se_ratio=0.25,
            ),
            Block(
                p=0.08750000000000001,
                filters_in=80,
                filters_out=80,
                expand_ratio=6,
                se_ratio=0.25,
            ),
            Block(
                filters_in=80,
                filters_out=112,
                kernel_size=5,
                expand_ratio=6,
                se_ratio=0.25,
            ),
            Block(
                p=0.1125,
                filters_in=112,
                filters_out=112,
                kernel_size=5,
                expand_ratio=6,
                se_ratio=0.25,
            ),
            Block(
                p=0.125,
                filters_in=112,
                filters_out=112,
                kernel_size=5,
                expand_ratio=6,
                se_ratio=0.25,
            ),
            Block(
                filters_in=112,
                filters_out=192,
                kernel_size=5,
                strides=2,
                expand_ratio=6,
                se_ratio=0.25,
            ),
            Block(
                p=0.15000000000000002,
                filters_in=192,
                filters_out=192,
                kernel_size=5,
                expand_ratio=6,
                se_ratio=0.25,
            ),
            Block(
                p=0.1625,
                filters_in=192,
                filters_out=192,
                kernel_size=5,
                expand_ratio=6,
                se_ratio=0.25,
            ),
            Block(
                p=0.17500000000000002,
                filters_in=192,
                filters_out=192,
                kernel_size=5,
                expand_ratio=6,
                se_ratio=0.25,
            ),
            Block(filters_in=192, filters_out=320, expand_ratio=6, se_ratio=0.25),
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
        x = torch.mean(x, dim=(2, 3))
        x = self.top_dropout(x)
        x = self.predictions(x)
        return F.softmax(x, dim=1)
