import torch


def rms_norm(input, normalized_shape, weight=None, eps=None):
    """input / the root of the mean square over the last axes, then scaled."""
    axes = [-1 - k for k in range(len(normalized_shape))]
    if eps is None:
        eps = torch.finfo(input.dtype).eps
    y = input / torch.sqrt((input**2).mean(axes, keepdim=True) + eps)
    return y if weight is None else y * weight
