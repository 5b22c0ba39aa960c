import torch


def pad(input, pad, mode="constant", value=None):
    """Entries before and after the last axes, pairs for the last axis first; negative numbers take entries away."""
    x = input
    at = positions(x.shape[-1], pad[0], pad[1])
    if mode == "constant":
        x = torch.where((at >= 0) & (at < x.shape[-1]), x.index_select(-1, edge(at, x.shape[-1])), value or 0.0)
    else:
        x = x.index_select(-1, taken(at, x.shape[-1], mode, pad[0], pad[1]))
    if len(pad) > 2:
        at = positions(x.shape[-2], pad[2], pad[3])
        if mode == "constant":
            inside = ((at >= 0) & (at < x.shape[-2])).unsqueeze(-1)
            x = torch.where(inside, x.index_select(-2, edge(at, x.shape[-2])), value or 0.0)
        else:
            x = x.index_select(-2, taken(at, x.shape[-2], mode, pad[2], pad[3]))
    if len(pad) > 4:
        at = positions(x.shape[-3], pad[4], pad[5])
        if mode == "constant":
            inside = ((at >= 0) & (at < x.shape[-3])).unsqueeze(-1).unsqueeze(-1)
            x = torch.where(inside, x.index_select(-3, edge(at, x.shape[-3])), value or 0.0)
        else:
            x = x.index_select(-3, taken(at, x.shape[-3], mode, pad[4], pad[5]))
    if len(pad) > 6:
        at = positions(x.shape[-4], pad[6], pad[7])
        if mode == "constant":
            inside = ((at >= 0) & (at < x.shape[-4])).unsqueeze(-1).unsqueeze(-1).unsqueeze(-1)
            x = torch.where(inside, x.index_select(-4, edge(at, x.shape[-4])), value or 0.0)
        else:
            x = x.index_select(-4, taken(at, x.shape[-4], mode, pad[6], pad[7]))
    if len(pad) > 8:
        raise NotImplementedError("padding of more than four axes")
    return x


def positions(size, before, after):
    """Where the entries of a padded axis stand in the axis, which begins at 0."""
    return torch.arange(-before, size + after)


def taken(at, size, mode, before, after):
    """Which entry stands at each place of a padded axis."""
    if mode == "circular":
        cut = max(-before, 0)
        return (at - cut) % (size - cut - max(-after, 0)) + cut
    if mode == "reflect":
        return size - 1 - torch.abs(size - 1 - torch.abs(at))
    return edge(at, size)


def edge(at, size):
    """The nearest entry."""
    return at.clamp(0, size - 1)
