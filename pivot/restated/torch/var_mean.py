import torch


def var_mean(input, dim=None, unbiased=True, keepdim=False, correction=None):
    """The variance along axes, and the mean."""
    correction = int(unbiased) if correction is None else correction
    spread = torch.var(input, dim=dim, correction=correction, keepdim=keepdim)
    return spread, torch.mean(input, dim=dim, keepdim=keepdim)
