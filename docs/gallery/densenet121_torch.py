import torch
import torch.nn.functional as F
from torch import nn


def init_weights(module):
    """Start as Keras does."""
    if isinstance(module, nn.Conv2d):
        nn.init.xavier_uniform_(module.weight)
    elif isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)


class ConvBlock(nn.Module):
    """A building block for a dense block."""

    def __init__(self, in_channels):
        super().__init__()
        self.bn0 = nn.BatchNorm2d(in_channels, eps=1.001e-05, momentum=0.01)
        self.conv1 = nn.Conv2d(in_channels, 128, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(128, eps=1.001e-05, momentum=0.01)
        self.conv2 = nn.Conv2d(128, 32, 3, padding=1, bias=False)

    def forward(self, x):
        x1 = self.bn0(x)
        x1 = F.relu(x1)
        x1 = self.conv1(x1)
        x1 = self.bn1(x1)
        x1 = F.relu(x1)
        x1 = self.conv2(x1)
        return torch.cat([x, x1], dim=1)


class TransitionBlock(nn.Module):
    """A transition block."""

    def __init__(self, in_channels):
        super().__init__()
        self.bn = nn.BatchNorm2d(in_channels, eps=1.001e-05, momentum=0.01)
        self.conv = nn.Conv2d(in_channels, in_channels // 2, 1, bias=False)
        self.pool = nn.AvgPool2d(2)

    def forward(self, x):
        x = self.bn(x)
        x = F.relu(x)
        x = self.conv(x)
        return self.pool(x)


class DenseBlock(nn.Module):
    """A dense block."""

    def __init__(self, in_channels, blocks):
        super().__init__()
        self.blocks = nn.Sequential(
            *[ConvBlock(in_channels + i * 32) for i in range(blocks)]
        )

    def forward(self, x):
        return self.blocks(x)


class DenseNet121(nn.Module):
    """Instantiates the Densenet121 architecture."""

    def __init__(self, classes=1000):
        super().__init__()
        self.conv1_conv = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.conv1_bn = nn.BatchNorm2d(64, eps=1.001e-05, momentum=0.01)
        self.pool1 = nn.MaxPool2d(3, 2, padding=1)
        self.conv2 = DenseBlock(64, 6)
        self.pool2 = TransitionBlock(256)
        self.conv3 = DenseBlock(128, 12)
        self.pool3 = TransitionBlock(512)
        self.conv4 = DenseBlock(256, 24)
        self.pool4 = TransitionBlock(1024)
        self.conv5 = DenseBlock(512, 16)
        self.bn = nn.BatchNorm2d(1024, eps=1.001e-05, momentum=0.01)
        self.predictions = nn.Linear(1024, classes)
        self.apply(init_weights)

    def forward(self, x):
        x = self.conv1_conv(x)
        x = self.conv1_bn(x)
        x = F.relu(x)
        x = self.pool1(x)
        x = self.conv2(x)
        x = self.pool2(x)
        x = self.conv3(x)
        x = self.pool3(x)
        x = self.conv4(x)
        x = self.pool4(x)
        x = self.conv5(x)
        x = self.bn(x)
        x = F.relu(x)
        x = x.mean((2, 3))
        x = self.predictions(x)
        return F.softmax(x, dim=1)
