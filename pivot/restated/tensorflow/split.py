from keras import ops


def split(value, num_or_size_splits, axis=0, num=None):
    """A tensor in that many pieces, or in pieces of these sizes."""
    if isinstance(num_or_size_splits, int):
        return ops.split(value, num_or_size_splits, axis=axis)
    places = [sum(num_or_size_splits[: i + 1]) for i in range(len(num_or_size_splits) - 1)]
    return ops.split(value, places, axis=axis)
