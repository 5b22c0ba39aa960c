import torch


def max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """Every entry at the place in the last 2 axes that its index names, zeros elsewhere."""
    kernel = spread(kernel_size)
    steps = spread(kernel_size if stride is None or stride == [] else stride)
    pads = spread(padding)
    if output_size is None:
        sizes = [(input.shape[k - 2] - 1) * steps[k] - 2 * pads[k] + kernel[k] for k in range(2)]
    else:
        sizes = list(output_size)[-2:]
    places = 1
    for size in sizes:
        places = places * size
    values, at = input.flatten(-2), indices.flatten(-2)
    here = at.unsqueeze(-1) == torch.arange(places)
    found = torch.where(here, values.unsqueeze(-1), float("-inf")).amax(-2)
    return torch.where(here.any(-2), found, 0.0).unflatten(-1, sizes)


def spread(value):
    """One number for all axes, or one each."""
    return [value] * 2 if isinstance(value, int) else [value[0]] * 2 if len(value) == 1 else list(value)
