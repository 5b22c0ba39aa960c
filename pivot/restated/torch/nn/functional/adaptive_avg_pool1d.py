from torch.nn import functional as F


def adaptive_avg_pool1d(input, output_size):
    """Means over the last 1 axes: entry i covers floor(i * n / size) to ceil((i + 1) * n / size)."""
    if input.dim() == 2:
        return F.interpolate(input.unsqueeze(0), wanted(input, output_size), mode="area").squeeze(0)
    return F.interpolate(input, wanted(input, output_size), mode="area")


def wanted(input, output_size):
    """The new size of every axis; None keeps it."""
    sizes = [output_size] * 1 if output_size is None or isinstance(output_size, int) else list(output_size)
    return [input.shape[k - 1] if sizes[k] is None else sizes[k] for k in range(1)]
