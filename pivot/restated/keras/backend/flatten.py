from keras import ops


def flatten(x):
    """All values in one axis."""
    return ops.reshape(x, (-1,))
