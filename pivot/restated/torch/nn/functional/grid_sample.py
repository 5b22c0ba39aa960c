import torch


def grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):
    """Entries of an image (N, C, H, W), or a volume, at the places (x, y) of a grid (N, H', W', 2), from -1 to 1."""
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError("padding_mode must be zeros, border or reflection")
    if input.dim() == 5:
        return of_volume(input, grid, mode, padding_mode, align_corners)
    height, width = input.shape[2], input.shape[3]
    if mode == "bicubic":
        x, y = between(grid[:, :, :, 0], width, align_corners), between(grid[:, :, :, 1], height, align_corners)
        return cubic(input, y, x, height, width, padding_mode, align_corners)
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


def of_volume(input, grid, mode, padding_mode, align_corners):
    """Entries of a volume (N, C, D, H, W) at the places (x, y, z) of a grid (N, D', H', W', 3)."""
    depth, height, width = input.shape[2], input.shape[3], input.shape[4]
    x = place(grid[:, :, :, :, 0], width, padding_mode, align_corners)
    y = place(grid[:, :, :, :, 1], height, padding_mode, align_corners)
    z = place(grid[:, :, :, :, 2], depth, padding_mode, align_corners)
    if mode == "nearest":
        return pick_of_volume(input, torch.round(z), torch.round(y), torch.round(x), depth, height, width)
    left, top, front = torch.floor(x), torch.floor(y), torch.floor(z)
    total = None
    for i in range(2):
        for j in range(2):
            for k in range(2):
                share = (1 - torch.abs(z - front - i)) * (1 - torch.abs(y - top - j)) * (1 - torch.abs(x - left - k))
                part = pick_of_volume(input, front + i, top + j, left + k, depth, height, width) * share.unsqueeze(1)
                total = part if total is None else total + part
    return total


def cubic(input, y, x, height, width, padding_mode, align_corners):
    """By cubic curves through 16 entries."""
    left, top = torch.floor(x), torch.floor(y)
    across, down = shares(x - left), shares(y - top)
    total = None
    for j in range(4):
        row = led_back(top + (j - 1), height, padding_mode, align_corners)
        for i in range(4):
            column = led_back(left + (i - 1), width, padding_mode, align_corners)
            part = pick(input, row, column, height, width) * (across[i] * down[j]).unsqueeze(1)
            total = part if total is None else total + part
    return total


def shares(t):
    """How much four entries in a row count at a place between the inner two: Keys' curve with -0.75."""
    a = -0.75
    u = 1 - t
    return [
        ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a,
        ((a + 2) * t - (a + 3)) * t * t + 1,
        ((a + 2) * u - (a + 3)) * u * u + 1,
        ((a * (u + 1) - 5 * a) * (u + 1) + 8 * a) * (u + 1) - 4 * a,
    ]


def place(at, size, padding_mode, align_corners):
    """Places from -1 to 1 as places between entries; those outside are led back unless the padding is zeros."""
    return led_back(between(at, size, align_corners), size, padding_mode, align_corners)


def between(at, size, align_corners):
    """Places from -1 to 1 as places between entries."""
    return (at + 1) / 2 * (size - 1) if align_corners else ((at + 1) * size - 1) / 2


def led_back(at, size, padding_mode, align_corners):
    """Places outside are led back unless the padding is zeros."""
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


def pick_of_volume(input, z, y, x, depth, height, width):
    """The entries at whole places, zeros outside: (N, C, D', H', W')."""
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1) & (z >= 0) & (z <= depth - 1)
    row, column = torch.clamp(y, 0, height - 1).long(), torch.clamp(x, 0, width - 1).long()
    at = ((torch.clamp(z, 0, depth - 1).long() * height + row) * width + column).flatten(1).unsqueeze(1)
    entries = torch.gather(input.flatten(2), 2, at.expand(-1, input.shape[1], -1))
    return torch.where(inside.unsqueeze(1), entries.unflatten(2, (x.shape[1], x.shape[2], x.shape[3])), 0.0)
