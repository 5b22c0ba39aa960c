import torch
from torch.nn import functional as F


def multi_margin_loss(input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction="mean"):
    """What is missing to a margin between the right class and each other one."""
    if input.dim() == 0:  # one class
        input, target = input.reshape(1), target.reshape(1)
    hot = F.one_hot(target, input.shape[-1]).to(input.dtype)
    right = (input * hot).sum(-1, keepdim=True)
    each = torch.relu(margin - right + input) ** p * (1 - hot)
    if weight is not None:
        each = each * (weight * hot).sum(-1, keepdim=True)
    loss = each.mean(-1)
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    return loss
