from torch import nn
from torch.nn import functional as F


class UpsamplingNearest2d(nn.Module):
    """Resize the last two axes."""

    def __init__(self, size=None, scale_factor=None):
        super().__init__()
        self.size = size
        self.scale_factor = scale_factor

    def forward(self, input):
        return F.interpolate(input, self.size, self.scale_factor, "nearest", None)
