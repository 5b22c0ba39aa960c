from torch.nn import functional as F


def nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"):
    """Minus the log-probability of the class; places of the class `ignore_index` count nothing."""
    classes = 0 if input.dim() == 1 else 1
    count = input.shape[classes]
    seen = (target != ignore_index).to(input.dtype)
    hot = F.one_hot(target.clamp(0, count - 1), count).to(input.dtype) * seen.unsqueeze(-1)
    if weight is not None:
        hot = hot * weight
    loss = -(input.movedim(classes, -1) * hot).sum(-1)
    if reduction == "mean":
        return loss.sum() / hot.sum()
    if reduction == "sum":
        return loss.sum()
    return loss
