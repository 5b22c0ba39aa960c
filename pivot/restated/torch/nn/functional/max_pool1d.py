import torch
from torch.nn import functional as F


def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest entry of each window over the last 1 axes, and its place in them."""
    kernel = spread(kernel_size)
    steps = spread(kernel_size if stride is None or stride == [] or stride == () else stride)
    pads, dils = spread(padding), spread(dilation)
    sizes = [places(input.shape[k - 1], kernel[k], steps[k], pads[k], dils[k], ceil_mode) for k in range(1)]
    around = (pads[0], pads[0] + steps[0] - 1)
    x = F.pad(input, around, value=float("-inf"))
    offsets = [(a * dils[0],) for a in range(kernel[0])]
    best = window(x, offsets[0], sizes, steps)
    if not return_indices:
        for offset in offsets[1:]:
            best = torch.maximum(best, window(x, offset, sizes, steps))
        return best
    place = torch.zeros_like(best, dtype=torch.int64) + number(input, offsets[0], sizes, steps, pads)
    for offset in offsets[1:]:
        entry = window(x, offset, sizes, steps)
        place = torch.where(entry > best, number(input, offset, sizes, steps, pads), place)
        best = torch.maximum(best, entry)
    return best, place


def spread(value):
    """One number for all axes, or one each."""
    return [value] * 1 if isinstance(value, int) else [value[0]] * 1 if len(value) == 1 else list(value)


def places(size, kernel, step, pad, dilation, ceil_mode):
    """How many windows an axis has; one that would begin in the padding behind is left out."""
    free = size + 2 * pad - dilation * (kernel - 1) - 1
    count = (free + (step - 1 if ceil_mode else 0)) // step + 1
    late = ceil_mode and step > dilation * (kernel - 1) + 1 - pad  # else the last window begins before that
    return count - 1 if late and (count - 1) * step >= size + pad else count


def window(x, offset, sizes, steps):
    """One entry of every window."""
    return x[..., offset[0] : offset[0] + (sizes[0] - 1) * steps[0] + 1 : steps[0]]


def number(input, offset, sizes, steps, pads):
    """The place in the last axis of one entry of every window."""
    return torch.arange(sizes[0]) * steps[0] + (offset[0] - pads[0])
