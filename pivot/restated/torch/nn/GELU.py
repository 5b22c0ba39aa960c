from torch import nn
from torch.nn import functional as F


class GELU(nn.Module):
    """x * P(Z <= x) of a normal Z."""

    def __init__(self, approximate="none"):
        super().__init__()
        self.approximate = approximate

    def forward(self, input):
        return F.gelu(input, approximate=self.approximate)
