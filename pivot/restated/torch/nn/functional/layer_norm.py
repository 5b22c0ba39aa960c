import torch


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05):
    """The last axes, as many as `normalized_shape` has, to mean 0 and variance 1, then scaled and shifted."""
    axes = [-1 - k for k in range(len(normalized_shape))]
    y = input - input.mean(axes, keepdim=True)
    y = y / torch.sqrt((y**2).mean(axes, keepdim=True) + eps)
    if weight is not None:
        y = y * weight
    if bias is not None:
        y = y + bias
    return y
