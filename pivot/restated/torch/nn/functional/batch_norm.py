import torch


def batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05):
    """Each channel by running statistics, or by those of the batch, then scaled and shifted."""
    if training and running_mean is not None:
        raise NotImplementedError("batch_norm that keeps running statistics")
    x = input.movedim(1, -1)
    if training:
        axes = list(range(input.dim() - 1))
        x = x - x.mean(axes, keepdim=True)
        y = x / torch.sqrt((x**2).mean(axes, keepdim=True) + eps)
    else:
        y = (x - running_mean) / torch.sqrt(running_var + eps)
    if weight is not None:
        y = y * weight
    if bias is not None:
        y = y + bias
    return y.movedim(-1, 1)
