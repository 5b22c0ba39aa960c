import torch


def batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05):
    """Each channel by running statistics, or by those of the batch, then scaled and shifted."""
    x = input.movedim(1, -1)
    if training:
        axes = list(range(input.dim() - 1))
        mean = x.mean(axes)
        x = x - mean
        variance = (x**2).mean(axes)
        y = x / torch.sqrt(variance + eps)
        if running_mean is not None:
            running_mean.mul_(1 - momentum).add_(momentum * mean)
            running_var.mul_(1 - momentum).add_(momentum * (x**2).sum(axes) / (torch.ones_like(x).sum(axes) - 1))
    else:
        y = (x - running_mean) / torch.sqrt(running_var + eps)
    if weight is not None:
        y = y * weight
    if bias is not None:
        y = y + bias
    return y.movedim(-1, 1)
