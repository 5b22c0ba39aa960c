import torch
from torch.nn import functional as F


def embedding_bag(
    input,
    weight,
    offsets=None,
    max_norm=None,
    norm_type=2,
    scale_grad_by_freq=False,
    mode="mean",
    sparse=False,
    per_sample_weights=None,
    include_last_offset=False,
    padding_idx=None,
):
    """The sum, mean or maximum of the rows that each bag (N, B) names."""
    if input.dim() != 2 or offsets is not None:
        raise NotImplementedError("embedding_bag with offsets; bags of one length are rows of a (N, B) input")
    if max_norm is not None or padding_idx is not None:
        raise NotImplementedError("embedding_bag with max_norm or padding_idx")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError("embedding_bag with per_sample_weights is for mode='sum'")
    rows = F.embedding(input, weight)
    if mode == "max":
        return torch.amax(rows, 1)
    if mode == "mean":
        return torch.mean(rows, 1)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.unsqueeze(-1)
    return torch.sum(rows, 1)
