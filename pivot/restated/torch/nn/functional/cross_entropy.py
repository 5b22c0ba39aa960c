import torch
from torch.nn import functional as F


def cross_entropy(
    input,
    target,
    weight=None,
    size_average=None,
    ignore_index=-100,
    reduce=None,
    reduction="mean",
    label_smoothing=0.0,
):
    """Cross-entropy of logits with classes or with distributions; the class `ignore_index` counts nothing."""
    classes = 0 if input.dim() == 1 else 1
    log_p = torch.log_softmax(input, classes).movedim(classes, -1)
    if weight is None:
        weight = torch.ones_like(log_p)
    if target.dim() == input.dim():  # distributions
        loss = (label_smoothing - 1) * (log_p * weight * target.movedim(classes, -1)).sum(-1)
        seen = torch.ones_like(loss)
        counted = seen
    else:
        count = input.shape[classes]
        seen = (target != ignore_index).to(input.dtype)
        hot = F.one_hot(target.clamp(0, count - 1), count).to(input.dtype)
        counted = (weight * hot).sum(-1) * seen
        loss = (label_smoothing - 1) * (log_p * weight * hot).sum(-1) * seen
    if label_smoothing > 0:
        loss = loss - label_smoothing * (log_p * weight).mean(-1) * seen
    if reduction == "mean":
        return loss.sum() / counted.sum()
    if reduction == "sum":
        return loss.sum()
    return loss
