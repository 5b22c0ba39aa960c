import torch


def std_mean(input, dim=None, unbiased=True, keepdim=False, correction=None):
    """The standard deviation along axes, and the mean."""
    correction = int(unbiased) if correction is None else correction
    spread = torch.std(input, dim=dim, correction=correction, keepdim=keepdim)
    return spread, torch.mean(input, dim=dim, keepdim=keepdim)
