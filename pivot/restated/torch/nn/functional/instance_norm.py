import torch


def instance_norm(
    input,
    running_mean=None,
    running_var=None,
    weight=None,
    bias=None,
    use_input_stats=True,
    momentum=0.1,
    eps=1e-05,
):
    """Each sample and channel to mean 0 and variance 1, then scaled and shifted per channel."""
    axes = [-1 - k for k in range(input.dim() - 2)]
    if use_input_stats:
        mean = input.mean(axes, keepdim=True)
        x = input - mean
        variance = (x**2).mean(axes, keepdim=True)
        if running_mean is not None:
            running_mean.mul_(1 - momentum).add_(momentum * mean.flatten(1).mean(0))
            running_var.mul_(1 - momentum).add_(
                momentum * ((x**2).sum(axes) / (torch.ones_like(x).sum(axes) - 1)).mean(0)
            )
        x = x / torch.sqrt(variance + eps)
        y = x.movedim(1, -1)
    else:
        y = (input.movedim(1, -1) - running_mean) / torch.sqrt(running_var + eps)
    if weight is not None:
        y = y * weight
    if bias is not None:
        y = y + bias
    return y.movedim(-1, 1)
