import torch


def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    """Square below delta, straight above."""
    size = torch.abs(input - target)
    loss = torch.where(size <= delta, 0.5 * size**2, delta * (size - 0.5 * delta))
    if weight is not None:
        return weighted(loss, weight, reduction)
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    return loss


def weighted(loss, weight, reduction):
    """The loss times weights; their mean counts the weights."""
    loss = loss * weight
    if reduction == "mean":
        return loss.sum() / weight.expand_as(loss).sum()
    if reduction == "sum":
        return loss.sum()
    return loss
