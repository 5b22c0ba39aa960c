from keras import ops


def batch_flatten(x):
    """(N, ...) -> (N, the product of the others)."""
    return ops.reshape(x, (ops.shape(x)[0], -1))
