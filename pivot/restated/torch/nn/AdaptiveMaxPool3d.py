from torch import nn
from torch.nn import functional as F


class AdaptiveMaxPool3d(nn.Module):
    """Maxima over the last 3 axes, to a given size."""

    def __init__(self, output_size, return_indices=False):
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input):
        return F.adaptive_max_pool3d(input, self.output_size, self.return_indices)
