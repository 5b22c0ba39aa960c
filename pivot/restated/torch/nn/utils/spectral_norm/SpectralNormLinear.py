import torch
import torch.nn.functional as F
from torch import nn

CHECKPOINT_MADE_BY = {
    "torch.nn.utils.parametrizations.spectral_norm": {
        "weight_orig": "parametrizations.weight.original",
        "weight_u": "parametrizations.weight.0._u",
        "weight_v": "parametrizations.weight.0._v",
    }
}


class SpectralNormLinear(nn.Module):
    """A linear layer by weights over their largest singular value: (*, in_features) -> (*, out_features)."""

    def __init__(self, in_features, out_features, bias=True, device=None, dtype=None):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.normed = False
        self.rows_first = False
        self.weight_orig = nn.Parameter(torch.zeros(out_features, in_features))
        self.register_buffer("weight_u", F.normalize(torch.randn(out_features), dim=0))
        self.register_buffer("weight_v", F.normalize(torch.randn(in_features), dim=0))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        """What the layer starts from."""
        bound = self.in_features**-0.5
        nn.init.uniform_(self.weight_orig, -bound, bound)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -bound, bound)

    @property
    def weight(self):
        """What the layer computes with."""
        return self.normalized(self.weight_u, self.weight_v)

    def normalized(self, u, v):
        """The weight by its largest singular value, given the vectors that belong to it."""
        matrix = self.weight_orig
        return self.weight_orig / torch.dot(u, torch.mv(matrix, v))

    def iterated(self):
        """The vectors of the largest singular value, one step of the power iteration nearer."""
        matrix, u, v = self.weight_orig, self.weight_u, self.weight_v
        with torch.no_grad():
            if self.rows_first:
                u = F.normalize(torch.mv(matrix, v), dim=0, eps=1e-12)
            v = F.normalize(torch.mv(matrix.t(), u), dim=0, eps=1e-12)
            if not self.rows_first:
                u = F.normalize(torch.mv(matrix, v), dim=0, eps=1e-12)
            self.weight_u.copy_(u)
            self.weight_v.copy_(v)
        return u, v

    def forward(self, input):
        if not self.normed:
            raise NotImplementedError("a layer that is made at one place with and without spectral_norm")
        u, v = self.weight_u, self.weight_v
        if self.training:
            u, v = self.iterated()
        weight = self.normalized(u, v)
        return F.linear(input, weight, self.bias)
