import torch


def masked(x, mask, value):
    """x with value where the mask holds; the mask is of the first axes of x."""
    for _ in range(x.dim() - mask.dim()):
        mask = mask[..., None]
    return torch.where(mask, value, x)
