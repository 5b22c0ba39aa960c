import torch


def grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):
    """Entries of an image (N, C, H, W) at the places (x, y) of a grid (N, H', W', 2), both from -1 to 1."""
    if input.dim() != 4 or mode not in ("bilinear", "nearest"):
        raise NotImplementedError("grid_sample on volumes, or mode='bicubic'")
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError("padding_mode must be zeros, border or reflection")
    height, width = input.shape[2], input.shape[3]
    x = place(grid[:, :, :, 0], width, padding_mode, align_corners)
    y = place(grid[:, :, :, 1], height, padding_mode, align_corners)
    if mode == "nearest":
        return pick(input, torch.round(y), torch.round(x), height, width)
    left, top = torch.floor(x), torch.floor(y)
    right, bottom = left + 1, top + 1
    return (
        pick(input, top, left, height, width) * ((right - x) * (bottom - y)).unsqueeze(1)
        + pick(input, top, right, height, width) * ((x - left) * (bottom - y)).unsqueeze(1)
        + pick(input, bottom, left, height, width) * ((right - x) * (y - top)).unsqueeze(1)
        + pick(input, bottom, right, height, width) * ((x - left) * (y - top)).unsqueeze(1)
    )


def place(at, size, padding_mode, align_corners):
    """Places from -1 to 1 as places between entries; those outside are led back unless the padding is zeros."""
    at = (at + 1) / 2 * (size - 1) if align_corners else ((at + 1) * size - 1) / 2
    if padding_mode == "reflection":
        at = reflect(at, 0, size - 1) if align_corners else reflect(at, -0.5, size)
    if padding_mode != "zeros":
        at = torch.clamp(at, 0, size - 1)
    return at


def reflect(at, low, span):
    """Places led back between `low` and `low + span` as by mirrors at both."""
    if span == 0:
        return torch.zeros_like(at)
    at = torch.abs(at - low)
    times = torch.floor(at / span)
    rest = at - times * span
    return torch.where(times % 2 == 0, rest + low, span - rest + low)


def pick(input, y, x, height, width):
    """The entries at whole places, zeros outside: (N, C, H', W')."""
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    row, column = torch.clamp(y, 0, height - 1).long(), torch.clamp(x, 0, width - 1).long()
    at = (row * width + column).flatten(1).unsqueeze(1)
    entries = torch.gather(input.flatten(2), 2, at.expand(-1, input.shape[1], -1))
    return torch.where(inside.unsqueeze(1), entries.unflatten(2, (x.shape[1], x.shape[2])), 0.0)
