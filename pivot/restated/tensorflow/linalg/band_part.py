from keras import ops


def band_part(input, num_lower, num_upper, name=None):
    """The diagonals of the last two axes from `num_lower` below to `num_upper` above the middle; -1 keeps them all."""
    result = input
    if num_lower >= 0:
        result = ops.triu(result, k=-num_lower)
    if num_upper >= 0:
        result = ops.tril(result, k=num_upper)
    return result
