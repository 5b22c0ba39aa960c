from torch.nn import functional as F


def linear_cross_entropy(
    input,
    linear_weight,
    target,
    *,
    linear_bias=None,
    reduction="mean",
    ignore_index=-100,
    label_smoothing=0.0,
):
    """Cross-entropy of the logits that a linear map gives."""
    logits = F.linear(input, linear_weight, linear_bias)
    return F.cross_entropy(
        logits, target, reduction=reduction, ignore_index=ignore_index, label_smoothing=label_smoothing
    )
