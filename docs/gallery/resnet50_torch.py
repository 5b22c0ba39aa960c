import torch.nn.functional as F
from torch import nn


def init_weights(module):
    """Start as Keras does."""
    if isinstance(module, (nn.Conv2d, nn.Linear)):
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)


class ResidualBlockV1(nn.Module):
    """A residual block for ResNet*_v1."""

    def __init__(self, in_channels, filters, stride=1, conv_shortcut=True):
        super().__init__()
        self.conv_shortcut = conv_shortcut
        out_channels = 4 * filters
        if conv_shortcut:
            self.conv0 = nn.Conv2d(in_channels, out_channels, 1, stride=stride)
            self.bn0 = nn.BatchNorm2d(out_channels, eps=1.001e-05, momentum=0.01)
        self.conv1 = nn.Conv2d(in_channels, filters, 1, stride=stride)
        self.bn1 = nn.BatchNorm2d(filters, eps=1.001e-05, momentum=0.01)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(filters, eps=1.001e-05, momentum=0.01)
        self.conv3 = nn.Conv2d(filters, out_channels, 1)
        self.bn3 = nn.BatchNorm2d(out_channels, eps=1.001e-05, momentum=0.01)

    def forward(self, x):
        shortcut = x
        if self.conv_shortcut:
            shortcut = self.conv0(x)
            shortcut = self.bn0(shortcut)
        x = self.conv1(x)
        x = self.bn1(x)
        x = F.relu(x)
        x = self.conv2(x)
        x = self.bn2(x)
        x = F.relu(x)
        x = self.conv3(x)
        x = self.bn3(x)
        x = shortcut + x
        return F.relu(x)


class StackResidualBlocksV1(nn.Module):
    """A set of stacked residual blocks."""

    def __init__(self, in_channels, filters, blocks, stride1=2):
        super().__init__()
        self.block1 = ResidualBlockV1(in_channels, filters, stride=stride1)
        self.blocks = nn.Sequential(
            *[
                ResidualBlockV1(4 * filters, filters, conv_shortcut=False)
                for _ in range(blocks - 1)
            ]
        )

    def forward(self, x):
        x = self.block1(x)
        return self.blocks(x)


class ResNet50(nn.Module):
    """Instantiates the ResNet50 architecture."""

    def __init__(self, classes=1000):
        super().__init__()
        self.conv1_conv = nn.Conv2d(3, 64, 7, stride=2, padding=3)
        self.conv1_bn = nn.BatchNorm2d(64, eps=1.001e-05, momentum=0.01)
        self.pool1_pool = nn.MaxPool2d(3, 2, padding=1)
        self.conv2 = StackResidualBlocksV1(64, 64, 3, stride1=1)
        self.conv3 = StackResidualBlocksV1(256, 128, 4)
        self.conv4 = StackResidualBlocksV1(512, 256, 6)
        self.conv5 = StackResidualBlocksV1(1024, 512, 3)
        self.predictions = nn.Linear(2048, classes)
        self.apply(init_weights)

    def forward(self, x):
        x = self.conv1_conv(x)
        x = self.conv1_bn(x)
        x = F.relu(x)
        x = self.pool1_pool(x)
        x = self.conv2(x)
        x = self.conv3(x)
        x = self.conv4(x)
        x = self.conv5(x).mean((2, 3))
        x = self.predictions(x)
        return F.softmax(x, dim=1)
