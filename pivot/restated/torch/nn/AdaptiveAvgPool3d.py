from torch import nn
from torch.nn import functional as F


class AdaptiveAvgPool3d(nn.Module):
    """Means over the last 3 axes, to a given size."""

    def __init__(self, output_size):
        super().__init__()
        self.output_size = output_size

    def forward(self, input):
        return F.adaptive_avg_pool3d(input, self.output_size)
