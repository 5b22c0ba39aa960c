from torch import nn
from torch.nn import functional as F


class HuberLoss(nn.Module):
    """Square below delta, straight above."""

    def __init__(self, reduction="mean", delta=1.0):
        super().__init__()
        self.reduction = reduction
        self.delta = delta

    def forward(self, input, target):
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)
