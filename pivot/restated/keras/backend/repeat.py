from keras import ops


def repeat(x, n):
    """x: (N, F) -> (N, n, F)."""
    return ops.repeat(ops.expand_dims(x, 1), n, axis=1)
