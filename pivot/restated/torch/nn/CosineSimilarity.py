from torch import nn
from torch.nn import functional as F


class CosineSimilarity(nn.Module):
    """The cosine between two tensors along one axis of the shape that both are broadcast to."""

    def __init__(self, dim=1, eps=1e-08):
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1, x2):
        return F.cosine_similarity(x1, x2, self.dim, self.eps)
