import torch.nn.functional as F
from torch import nn


def init_weights(module):
    """Start as Keras does."""
    if isinstance(module, nn.Conv2d):
        nn.init.xavier_uniform_(module.weight)
    elif isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)


class InvertedResBlock(nn.Module):
    """Inverted ResNet block."""

    def __init__(self, in_channels, expansion, stride, filters):
        super().__init__()
        self.expansion = expansion
        self.stride = stride
        self.residual = in_channels == filters
        hidden = expansion * in_channels
        if expansion != 1:
            self.expand = nn.Conv2d(in_channels, hidden, 1, bias=False)
            self.expand_bn = nn.BatchNorm2d(hidden, eps=0.001, momentum=0.001)
        self.relu6 = nn.ReLU6(inplace=True)
        if stride == 2:
            self.pad = nn.ZeroPad2d((0, 1, 0, 1))
        self.depthwise = nn.Conv2d(
            hidden,
            hidden,
            3,
            stride=stride,
            padding=1 if stride == 1 else 0,
            groups=hidden,
            bias=False,
        )
        self.depthwise_bn = nn.BatchNorm2d(hidden, eps=0.001, momentum=0.001)
        self.project = nn.Conv2d(hidden, filters, 1, bias=False)
        self.project_bn = nn.BatchNorm2d(filters, eps=0.001, momentum=0.001)

    def forward(self, x):
        identity = x
        if self.expansion != 1:
            x = self.expand(x)
            x = self.expand_bn(x)
            x = self.relu6(x)
        if self.stride == 2:
            x = self.pad(x)
        x = self.depthwise(x)
        x = self.depthwise_bn(x)
        x = self.relu6(x)
        x = self.project(x)
        x = self.project_bn(x)
        if self.residual:
            x = identity + x
        return x


class MobileNetV2(nn.Module):
    """Instantiates the MobileNetV2 architecture."""

    def __init__(self, classes=1000):
        super().__init__()
        self.conv1_pad = nn.ZeroPad2d((0, 1, 0, 1))
        self.conv1 = nn.Conv2d(3, 32, 3, stride=2, bias=False)
        self.bn_conv1 = nn.BatchNorm2d(32, eps=0.001, momentum=0.001)
        self.relu6 = nn.ReLU6(inplace=True)
        self.inverted_res_blocks = nn.Sequential(
            InvertedResBlock(32, 1, 1, 16),
            InvertedResBlock(16, 6, 2, 24),
            InvertedResBlock(24, 6, 1, 24),
            InvertedResBlock(24, 6, 2, 32),
            InvertedResBlock(32, 6, 1, 32),
            InvertedResBlock(32, 6, 1, 32),
            InvertedResBlock(32, 6, 2, 64),
            InvertedResBlock(64, 6, 1, 64),
            InvertedResBlock(64, 6, 1, 64),
            InvertedResBlock(64, 6, 1, 64),
            InvertedResBlock(64, 6, 1, 96),
            InvertedResBlock(96, 6, 1, 96),
            InvertedResBlock(96, 6, 1, 96),
            InvertedResBlock(96, 6, 2, 160),
            InvertedResBlock(160, 6, 1, 160),
            InvertedResBlock(160, 6, 1, 160),
            InvertedResBlock(160, 6, 1, 320),
        )
        self.conv_1 = nn.Conv2d(320, 1280, 1, bias=False)
        self.conv_1_bn = nn.BatchNorm2d(1280, eps=0.001, momentum=0.001)
        self.predictions = nn.Linear(1280, classes)
        self.apply(init_weights)

    def forward(self, x):
        x = self.conv1(self.conv1_pad(x))
        x = self.bn_conv1(x)
        x = self.relu6(x)
        x = self.inverted_res_blocks(x)
        x = self.conv_1(x)
        x = self.conv_1_bn(x)
        x = self.relu6(x)
        x = x.mean((2, 3))
        x = self.predictions(x)
        return F.softmax(x, dim=1)
