import torch


def adaptive_max_pool1d(input, output_size, return_indices=False):
    """Maxima over the last 1 axes: entry i covers floor(i * n / size) to ceil((i + 1) * n / size)."""
    sizes = wanted(input, output_size)
    inside = windows(input.shape[-1], sizes[0])
    x = torch.where(inside, input[..., None], float("-inf"))
    if return_indices:
        return x.amax(-2), x.argmax(-2)
    return x.amax(-2)


def windows(size, count):
    """Whether entry i (rows) belongs to window j (columns)."""
    entry, place = torch.arange(size)[:, None], torch.arange(count)
    return (entry >= place * size // count) & (entry < ((place + 1) * size + count - 1) // count)


def wanted(input, output_size):
    """The new size of every axis; None keeps it."""
    sizes = [output_size] * 1 if output_size is None or isinstance(output_size, int) else list(output_size)
    return [input.shape[k - 1] if sizes[k] is None else sizes[k] for k in range(1)]
