import torch


def filled(x, parts, value):
    """x with one value where each axis in `parts` is at its number, or in its slice."""
    inside = torch.tensor(True)
    for axis, part in parts.items():
        places = torch.arange(x.shape[axis])
        chosen = torch.any(places[:, None] == places[part], 1)
        for _ in range(x.dim() - axis - 1):
            chosen = chosen[:, None]
        inside = torch.logical_and(inside, chosen)
    return torch.where(inside, value, x)
