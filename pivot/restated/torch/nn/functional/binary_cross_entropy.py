import torch


def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    """Cross-entropy of probabilities; logarithms stop at -100."""
    log_p = torch.clamp(torch.log(input), min=-100)
    log_q = torch.clamp(torch.log1p(-input), min=-100)
    loss = (target - 1) * log_q - target * log_p
    if weight is not None:
        loss = loss * weight
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    return loss
