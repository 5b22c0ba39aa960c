import torch


def adaptive_max_pool3d(input, output_size, return_indices=False):
    """Maxima over the last 3 axes: entry i covers floor(i * n / size) to ceil((i + 1) * n / size)."""
    sizes = wanted(input, output_size)
    planes = windows(input.shape[-3], sizes[0])[:, None, None, :, None, None]
    rows = windows(input.shape[-2], sizes[1])[None, :, None, None, :, None]
    columns = windows(input.shape[-1], sizes[2])[None, None, :, None, None, :]
    inside = planes & rows & columns
    x = torch.where(inside, input[..., None, None, None], float("-inf"))
    if return_indices:
        x = x.flatten(-6, -4)
        return x.amax(-4), x.argmax(-4)
    return x.amax((-6, -5, -4))


def windows(size, count):
    """Whether entry i (rows) belongs to window j (columns)."""
    entry, place = torch.arange(size)[:, None], torch.arange(count)
    return (entry >= place * size // count) & (entry < ((place + 1) * size + count - 1) // count)


def wanted(input, output_size):
    """The new size of every axis; None keeps it."""
    sizes = [output_size] * 3 if output_size is None or isinstance(output_size, int) else list(output_size)
    return [input.shape[k - 3] if sizes[k] is None else sizes[k] for k in range(3)]
