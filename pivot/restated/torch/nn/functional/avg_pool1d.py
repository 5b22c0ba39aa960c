import torch
from torch.nn import functional as F


def avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """The mean of each window over the last 1 axes; zeros around the input count or do not."""
    kernel = spread(kernel_size)
    steps = spread(kernel_size if stride is None or stride == [] or stride == () else stride)
    pads, dils = spread(padding), [1] * 1
    sizes = [places(input.shape[k - 1], kernel[k], steps[k], pads[k], dils[k], ceil_mode) for k in range(1)]
    around = (pads[0], pads[0] + steps[0] - 1)
    offsets = [(a,) for a in range(kernel[0])]
    x = F.pad(input, around)
    total = sum(window(x, offset, sizes, steps) for offset in offsets)
    one = torch.ones_like(input)
    if count_include_pad:
        one = F.pad(one, (pads[0], pads[0]), value=1.0)
        one = F.pad(one, (0, steps[0] - 1))
    else:
        one = F.pad(one, around)
    return total / sum(window(one, offset, sizes, steps) for offset in offsets)


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
