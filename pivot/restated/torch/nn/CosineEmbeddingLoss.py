from torch import nn
from torch.nn import functional as F


class CosineEmbeddingLoss(nn.Module):
    """1 - cosine for what belongs together, the cosine above a margin for the rest."""

    def __init__(self, margin=0.0, size_average=None, reduce=None, reduction="mean"):
        super().__init__()
        self.margin = margin
        self.reduction = reduction

    def forward(self, input1, input2, target):
        return F.cosine_embedding_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)
