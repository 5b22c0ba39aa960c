from torch import nn
from torch.nn import functional as F


class KLDivLoss(nn.Module):
    """How much log-probabilities differ from a distribution."""

    def __init__(self, size_average=None, reduce=None, reduction="mean", log_target=False):
        super().__init__()
        self.reduction = reduction
        self.log_target = log_target

    def forward(self, input, target):
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)
