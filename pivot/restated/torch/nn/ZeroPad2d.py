from torch import nn
from torch.nn import functional as F


class ZeroPad2d(nn.Module):
    """Zeros around the last two axes; negative numbers take entries away."""

    def __init__(self, padding):
        super().__init__()
        self.padding = (padding,) * 4 if isinstance(padding, int) else padding

    def forward(self, input):
        return F.pad(input, self.padding)
