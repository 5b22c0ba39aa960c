import torch


def kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False):
    """How much log-probabilities differ from a distribution."""
    if log_target:
        loss = torch.exp(target) * (target - input)
    else:
        safe = torch.where(target > 0, target, torch.ones_like(target))
        loss = target * (torch.log(safe) - input)
    if reduction == "batchmean":
        return loss.sum() / input.shape[0] if input.dim() > 0 else loss
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    return loss
