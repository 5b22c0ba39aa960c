import torch


def replaced(x, parts, value):
    """x with value's entries where each axis in `parts` is at its number, which value has no axis for, or its slice."""
    inside = torch.tensor(True)
    for axis, part in parts.items():
        places = torch.arange(x.shape[axis])
        same = places[:, None] == places[part]
        if isinstance(part, int):
            value = torch.stack([value], axis)
        value = torch.index_select(value, axis, torch.argmax(same.int(), 1))
        chosen = torch.any(same, 1)
        for _ in range(x.dim() - axis - 1):
            chosen = chosen[:, None]
        inside = torch.logical_and(inside, chosen)
    return torch.where(inside, value, x)
