from torch import nn
from torch.nn import functional as F


class MultiLabelMarginLoss(nn.Module):
    """What is missing to a margin between labels and other classes."""

    def __init__(self, size_average=None, reduce=None, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, input, target):
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)
