from keras import ops


def squared_difference(x, y, name=None):
    """(x - y) ** 2."""
    return ops.square(x - y)
