import torch
import torch.nn.functional as F
from torch import nn

CHECKPOINT = {"original": "weight"}
CHECKPOINT_WITH = {
    "parametrization": {
        "original": "parametrizations.weight.original",
        r"parametrization\.(.+)": r"parametrizations.weight.0.\1",
    }
}


class Linear(nn.Module):
    """y = x @ weight.T + bias, with a weight that may be made of the one that is trained."""

    def __init__(self, in_features, out_features, bias=True, device=None, dtype=None):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.original = nn.Parameter(torch.zeros(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None
        self.parametrization = None
        self.reset_parameters()

    def reset_parameters(self):
        """What the layer starts from."""
        bound = self.in_features**-0.5
        nn.init.uniform_(self.original, -bound, bound)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -bound, bound)

    @property
    def weight(self):
        """What the layer computes with: (out_features, in_features)."""
        if self.parametrization is None:
            return self.original
        return self.parametrization(self.original)

    def forward(self, input):
        return F.linear(input, self.weight, self.bias)
