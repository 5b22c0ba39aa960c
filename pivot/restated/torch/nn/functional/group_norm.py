import torch


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-05):
    """Each sample and group of channels to mean 0 and variance 1, then scaled and shifted per channel."""
    last = input.movedim(1, -1)
    x = last.reshape(last.shape[0], -1, num_groups, last.shape[-1] // num_groups)
    mean = x.mean((1, 3), keepdim=True)
    variance = ((x - mean) ** 2).mean((1, 3), keepdim=True)
    y = ((x - mean) / torch.sqrt(variance + eps)).reshape(last.shape)
    if weight is not None:
        y = y * weight
    if bias is not None:
        y = y + bias
    return y.movedim(-1, 1)
