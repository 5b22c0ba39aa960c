import torch
from torch.nn import functional as F
from torch.nn.modules.utils import _triple


def max_pool3d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest values of the windows of a volume, of planes first and then along the depth; or with their places.

    TensorFlow pools whole volumes in float32 only.
    """
    kernel = _triple(kernel_size)
    pads = _triple(padding)
    strides = kernel if stride is None or stride == [] or stride == () else _triple(stride)
    rates = _triple(dilation)
    if input.dim() == 4:
        pooled = max_pool3d(input.unsqueeze(0), kernel, strides, pads, rates, ceil_mode, return_indices)
        if return_indices:
            return pooled[0].squeeze(0), pooled[1].squeeze(0)
        return pooled.squeeze(0)
    if return_indices:
        return with_places(input, kernel, strides, pads, rates, ceil_mode)
    n, c, d, h, w = input.shape
    planes = input.transpose(1, 2).reshape(n * d, c, h, w)
    x = F.max_pool2d(planes, kernel[1:], strides[1:], pads[1:], rates[1:], ceil_mode=ceil_mode)
    x = x.unflatten(0, (n, d)).transpose(1, 2)
    n, c, d, h, w = x.shape
    if kernel[0] > 1 or strides[0] > 1:
        x = x.reshape(n, c, d, h * w)
        x = F.max_pool2d(x, (kernel[0], 1), (strides[0], 1), (pads[0], 0), (rates[0], 1), ceil_mode=ceil_mode)
        x = x.unflatten(3, (h, w))
    return x


def with_places(input, kernel, steps, pads, dils, ceil_mode):
    """The largest entry of each window, and its place in the volume."""
    sizes = [places(input.shape[k + 2], kernel[k], steps[k], pads[k], dils[k], ceil_mode) for k in range(3)]
    around = []
    for k in reversed(range(3)):
        around = [*around, pads[k], pads[k] + steps[k] - 1]
    x = F.pad(input, around, value=float("-inf"))
    best = window(x, (0, 0, 0), sizes, steps)
    place = torch.zeros_like(best, dtype=torch.int64) + number(input, (0, 0, 0), sizes, steps, pads)
    for a in range(kernel[0]):
        for b in range(kernel[1]):
            for c in range(kernel[2]):
                if a + b + c > 0:
                    offset = (a * dils[0], b * dils[1], c * dils[2])
                    entry = window(x, offset, sizes, steps)
                    place = torch.where(entry > best, number(input, offset, sizes, steps, pads), place)
                    best = torch.maximum(best, entry)
    return best, place


def places(size, kernel, step, pad, dilation, ceil_mode):
    """How many windows an axis has; one that would begin in the padding behind is left out."""
    free = size + 2 * pad - dilation * (kernel - 1) - 1
    count = (free + (step - 1 if ceil_mode else 0)) // step + 1
    late = ceil_mode and step > dilation * (kernel - 1) + 1 - pad  # else the last window begins before that
    return count - 1 if late and (count - 1) * step >= size + pad else count


def window(x, offset, sizes, steps):
    """One entry of every window."""
    ends = [offset[k] + (sizes[k] - 1) * steps[k] + 1 for k in range(3)]
    return x[..., offset[0] : ends[0] : steps[0], offset[1] : ends[1] : steps[1], offset[2] : ends[2] : steps[2]]


def number(input, offset, sizes, steps, pads):
    """The place in the last three axes of one entry of every window."""
    layers = torch.arange(sizes[0]) * steps[0] + (offset[0] - pads[0])
    rows = torch.arange(sizes[1]) * steps[1] + (offset[1] - pads[1])
    columns = torch.arange(sizes[2]) * steps[2] + (offset[2] - pads[2])
    return (layers[:, None, None] * input.shape[-2] + rows[:, None]) * input.shape[-1] + columns
