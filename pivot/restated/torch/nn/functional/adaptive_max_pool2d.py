import torch


def adaptive_max_pool2d(input, output_size, return_indices=False):
    """Maxima over the last 2 axes: entry i covers floor(i * n / size) to ceil((i + 1) * n / size)."""
    sizes = wanted(input, output_size)
    rows = windows(input.shape[-2], sizes[0])[:, None, :, None]
    columns = windows(input.shape[-1], sizes[1])[None, :, None, :]
    inside = (rows & columns).flatten(0, 1)
    x = torch.where(inside, input.flatten(-2)[..., None, None], float("-inf"))
    if return_indices:
        return x.amax(-3), x.argmax(-3)
    return x.amax(-3)


def windows(size, count):
    """Whether entry i (rows) belongs to window j (columns)."""
    entry, place = torch.arange(size)[:, None], torch.arange(count)
    return (entry >= place * size // count) & (entry < ((place + 1) * size + count - 1) // count)


def wanted(input, output_size):
    """The new size of every axis; None keeps it."""
    sizes = [output_size] * 2 if output_size is None or isinstance(output_size, int) else list(output_size)
    return [input.shape[k - 2] if sizes[k] is None else sizes[k] for k in range(2)]
