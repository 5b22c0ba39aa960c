from torch import nn


class ChannelShuffle(nn.Module):
    """Channels in groups change places: (N, C, H, W) -> (N, C, H, W)."""

    def __init__(self, groups):
        super().__init__()
        self.groups = groups

    def forward(self, input):
        n, c, h, w = input.shape
        x = input.reshape(n, self.groups, c // self.groups, h, w)
        return x.transpose(1, 2).reshape(n, c, h, w)
