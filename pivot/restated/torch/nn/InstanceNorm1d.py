import torch
import torch.nn.functional as F
from torch import nn


class InstanceNorm1d(nn.Module):
    """Each sample and channel to mean 0 and variance 1, or by running statistics, then scaled and shifted."""

    def __init__(
        self,
        num_features,
        eps=1e-05,
        momentum=0.1,
        affine=False,
        track_running_stats=False,
        device=None,
        dtype=None,
        bias=True,
    ):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features)) if affine else None
        self.bias = nn.Parameter(torch.zeros(num_features)) if affine and bias else None
        self.track_running_stats = track_running_stats
        if track_running_stats:
            self.register_buffer("running_mean", torch.zeros(num_features))
            self.register_buffer("running_var", torch.ones(num_features))
            self.register_buffer("num_batches_tracked", torch.tensor(0, dtype=torch.long))

    def forward(self, input):
        if input.dim() == 2:
            return self.normalize(input.unsqueeze(0)).squeeze(0)
        return self.normalize(input)

    def normalize(self, x):
        """With a batch of samples."""
        if not self.track_running_stats:
            return F.instance_norm(x, weight=self.weight, bias=self.bias, eps=self.eps)
        return F.instance_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, self.training, self.momentum, self.eps
        )
