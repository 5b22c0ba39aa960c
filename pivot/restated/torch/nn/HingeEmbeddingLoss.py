from torch import nn
from torch.nn import functional as F


class HingeEmbeddingLoss(nn.Module):
    """The distance of what belongs together, and what is missing to a margin for the rest."""

    def __init__(self, margin=1.0, size_average=None, reduce=None, reduction="mean"):
        super().__init__()
        self.margin = margin
        self.reduction = reduction

    def forward(self, input, target):
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)
