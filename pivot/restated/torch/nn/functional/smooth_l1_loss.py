import torch


def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    """Square below beta, straight above."""
    size = torch.abs(input - target)
    if beta == 0:
        loss = size
    else:
        loss = torch.where(size < beta, 0.5 * size**2 / beta, size - 0.5 * beta)
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    return loss
