from torch import nn
from torch.nn import functional as F


class ReplicationPad3d(nn.Module):
    """Entries before and after the last 3 axes."""

    def __init__(self, padding):
        super().__init__()
        self.padding = (padding,) * 6 if isinstance(padding, int) else padding

    def forward(self, input):
        return F.pad(input, self.padding, mode="replicate")
