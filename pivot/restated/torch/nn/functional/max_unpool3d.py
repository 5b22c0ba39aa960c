import torch


def max_unpool3d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """Every entry at the place in the last 3 axes that its index names, zeros elsewhere."""
    kernel = spread(kernel_size)
    steps = spread(kernel_size if stride is None or stride == [] else stride)
    pads = spread(padding)
    if output_size is None:
        sizes = [(input.shape[k - 3] - 1) * steps[k] - 2 * pads[k] + kernel[k] for k in range(3)]
    else:
        sizes = list(output_size)[-3:]
    places = 1
    for size in sizes:
        places = places * size
    values, at = input.flatten(-3), indices.flatten(-3)
    here = at.unsqueeze(-1) == torch.arange(places)
    found = torch.where(here, values.unsqueeze(-1), float("-inf")).amax(-2)
    return torch.where(here.any(-2), found, 0.0).unflatten(-1, sizes)


def spread(value):
    """One number for all axes, or one each."""
    return [value] * 3 if isinstance(value, int) else [value[0]] * 3 if len(value) == 1 else list(value)
