from torch.nn import functional as F


def linear_cross_entropy(
    input,
    linear_weight,
    target,
    *,
    linear_bias=None,
    weight=None,
    reduction="mean",
    ignore_index=None,
    label_smoothing=0.0,
    options=None,
):
    """Cross-entropy of the logits that a linear map gives; the map may have axes behind its classes."""
    classes = input.dim() - 1
    logits = F.linear(input, linear_weight.flatten(0, -2))
    if linear_weight.dim() > 2:
        logits = logits.unflatten(-1, linear_weight.shape[:-1])
    if linear_bias is not None:
        logits = logits + linear_bias
    if ignore_index is None:
        ignore_index = -100
    if classes > 1:
        logits = logits.movedim(classes, 1)
    return F.cross_entropy(logits, target, weight, None, ignore_index, None, reduction, label_smoothing)
