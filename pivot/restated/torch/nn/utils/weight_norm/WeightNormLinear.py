import torch
import torch.nn.functional as F
from torch import nn

CHECKPOINT_MADE_BY = {
    "torch.nn.utils.parametrizations.weight_norm": {
        "weight_g": "parametrizations.weight.original0",
        "weight_v": "parametrizations.weight.original1",
    }
}


class WeightNormLinear(nn.Module):
    """A linear layer whose weight is a direction times a length: (*, in_features) -> (*, out_features)."""

    def __init__(self, in_features, out_features, bias=True, device=None, dtype=None):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.normed = False
        self.weight_v = nn.Parameter(torch.zeros(out_features, in_features))
        self.weight_g = nn.Parameter(torch.ones(out_features, 1))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        """What the layer starts from."""
        bound = self.in_features**-0.5
        nn.init.uniform_(self.weight_v, -bound, bound)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -bound, bound)

    @property
    def weight(self):
        """What the layer computes with."""
        return self.weight_g * self.weight_v / torch.sqrt(torch.sum(self.weight_v**2, dim=(1,), keepdim=True))

    def forward(self, input):
        if not self.normed:
            raise NotImplementedError("a layer that is made at one place with and without weight_norm")
        return F.linear(input, self.weight, self.bias)
