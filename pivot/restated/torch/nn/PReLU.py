import torch
from torch import nn
from torch.nn import functional as F


class PReLU(nn.Module):
    """x where it is positive, else weight * x; one weight, or one per channel."""

    def __init__(self, num_parameters=1, init=0.25, device=None, dtype=None):
        super().__init__()
        self.weight = nn.Parameter(torch.full((num_parameters,), init))

    def forward(self, input):
        return F.prelu(input, self.weight)
