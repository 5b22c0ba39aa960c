import torch
from torch.nn import functional as F


def multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """What is missing to a margin between labels and other classes; labels end at the first -1."""
    if input.dim() == 0:  # one class
        input, target = input.reshape(1), target.reshape(1)
    named = torch.cumsum((target < 0).to(torch.int64), -1) == 0
    hot = F.one_hot(torch.clamp(target, min=0), input.shape[-1]).to(input.dtype)
    hot = hot * named.to(input.dtype).unsqueeze(-1)
    right = (input.unsqueeze(-2) * hot).sum(-1, keepdim=True)
    other = 1 - hot.amax(-2, keepdim=True)
    each = torch.relu(1 - right + input.unsqueeze(-2)) * other * hot.sum(-1, keepdim=True)
    loss = each.sum((-2, -1)) / input.shape[-1]
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    return loss
