import torch
from torch.nn import functional as F


def conv_transpose1d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """The gradient of a convolution: its kernel turned round, over the input with zeros between its entries."""
    steps, pads, extra, dils = spread(stride), spread(padding), spread(output_padding), spread(dilation)
    if input.dim() == 2:
        y = conv_transpose1d(input.unsqueeze(0), weight, bias, stride, padding, output_padding, groups, dilation)
        return y.squeeze(0)
    x = input
    for k in range(1):
        x = between(x, k, steps[k], input.shape[k + 2])
    around = []
    for k in reversed(range(1)):
        before = dils[k] * (weight.shape[k + 2] - 1) - pads[k]
        around = [*around, before, before + extra[k]]
    x = F.pad(x, around)
    kernel = weight.flip(2).unflatten(0, (groups, -1)).transpose(1, 2).flatten(0, 1)
    return F.conv1d(x, kernel, bias, dilation=dils, groups=groups)


def between(x, place, step, n):
    """Zeros between the n entries of one of the last 1 axes."""
    if step == 1:
        return x
    at = torch.arange((n - 1) * step + 1)
    if place == 0:
        inside = at % step == 0
        x = torch.where(inside, x.index_select(2, at // step), 0.0)
    return x


def spread(value):
    """One number for all axes, or one each."""
    return [value] * 1 if isinstance(value, int) else [value[0]] * 1 if len(value) == 1 else list(value)
