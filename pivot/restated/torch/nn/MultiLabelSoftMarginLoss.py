from torch import nn
from torch.nn import functional as F


class MultiLabelSoftMarginLoss(nn.Module):
    """The mean of one binary cross-entropy per label."""

    def __init__(self, weight=None, size_average=None, reduce=None, reduction="mean"):
        super().__init__()
        self.register_buffer("weight", weight)
        self.reduction = reduction

    def forward(self, input, target):
        return F.multilabel_soft_margin_loss(input, target, weight=self.weight, reduction=self.reduction)
