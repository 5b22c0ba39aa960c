import torch
from torch.nn import functional as F


def avg_pool2d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
):
    """The mean of each window over the last 2 axes; zeros around the input count or do not."""
    kernel = spread(kernel_size)
    steps = spread(kernel_size if stride is None or stride == [] or stride == () else stride)
    pads, dils = spread(padding), [1] * 2
    sizes = [places(input.shape[k - 2], kernel[k], steps[k], pads[k], dils[k], ceil_mode) for k in range(2)]
    around = (pads[1], pads[1] + steps[1] - 1, pads[0], pads[0] + steps[0] - 1)
    offsets = [(a, b) for a in range(kernel[0]) for b in range(kernel[1])]
    x = F.pad(input, around)
    total = sum(window(x, offset, sizes, steps) for offset in offsets)
    if divisor_override is not None:
        return total / divisor_override
    one = torch.ones_like(input)
    if count_include_pad:
        one = F.pad(one, (pads[1], pads[1], pads[0], pads[0]), value=1.0)
        one = F.pad(one, (0, steps[1] - 1, 0, steps[0] - 1))
    else:
        one = F.pad(one, around)
    return total / sum(window(one, offset, sizes, steps) for offset in offsets)


def spread(value):
    """One number for all axes, or one each."""
    return [value] * 2 if isinstance(value, int) else [value[0]] * 2 if len(value) == 1 else list(value)


def places(size, kernel, step, pad, dilation, ceil_mode):
    """How many windows an axis has; one that would begin in the padding behind is left out."""
    free = size + 2 * pad - dilation * (kernel - 1) - 1
    count = (free + (step - 1 if ceil_mode else 0)) // step + 1
    late = ceil_mode and step > dilation * (kernel - 1) + 1 - pad  # else the last window begins before that
    return count - 1 if late and (count - 1) * step >= size + pad else count


def window(x, offset, sizes, steps):
    """One entry of every window."""
    ends = [offset[k] + (sizes[k] - 1) * steps[k] + 1 for k in range(2)]
    return x[..., offset[0] : ends[0] : steps[0], offset[1] : ends[1] : steps[1]]
