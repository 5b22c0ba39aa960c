import torch


def cosine_similarity(x1, x2, dim=1, eps=1e-08):
    """The cosine between two tensors along one axis of the shape that both are broadcast to."""
    if x1.dim() == 0 and x2.dim() == 0:
        raise NotImplementedError("cosine_similarity of single numbers, which have no axis")
    zeros = torch.zeros_like(x1 * x2)
    x1, x2 = x1 + zeros, x2 + zeros
    lengths = [torch.linalg.vector_norm(x, 2, dim=dim, keepdim=True).clamp(min=eps) for x in (x1, x2)]
    return ((x1 / lengths[0]) * (x2 / lengths[1])).sum(dim)
