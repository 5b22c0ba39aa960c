def diff(input, n=1, dim=-1):
    """Differences of neighbours along an axis, n times."""
    for _ in range(n):
        size = input.shape[dim]
        input = input.narrow(dim, 1, size - 1) - input.narrow(dim, 0, size - 1)
    return input
