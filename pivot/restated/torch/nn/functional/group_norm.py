import torch


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-05):
    """Each sample and group of channels to mean 0 and variance 1, then scaled and shifted per channel."""
    x = input.reshape(input.shape[0], num_groups, -1)
    mean = x.mean(-1)
    variance = ((x - mean.unsqueeze(-1)) ** 2).mean(-1)
    size = input.shape[1] // num_groups
    mean, deviation = mean.repeat_interleave(size, 1), torch.sqrt(variance + eps).repeat_interleave(size, 1)
    for _ in range(input.dim() - 2):
        mean, deviation = mean.unsqueeze(1), deviation.unsqueeze(1)
    y = (input.movedim(1, -1) - mean) / deviation
    if weight is not None:
        y = y * weight
    if bias is not None:
        y = y + bias
    return y.movedim(-1, 1)
