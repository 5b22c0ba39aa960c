def mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """The square of the difference."""
    loss = (input - target) ** 2
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
