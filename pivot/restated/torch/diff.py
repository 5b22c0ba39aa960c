def diff(input, n=1, dim=-1):
    """Differences of neighbours along an axis, n times."""
    for _ in range(n):
        last = input.transpose(dim, -1)
        input = (last[..., 1:] - last[..., :-1]).transpose(dim, -1)
    return input
