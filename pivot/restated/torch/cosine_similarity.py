from torch.nn import functional as F


def cosine_similarity(x1, x2, dim=1, eps=1e-08):
    """The cosine between two tensors along one axis of the shape that both are broadcast to."""
    return F.cosine_similarity(x1, x2, dim, eps)
