from keras import ops


def tensordot(a, b, axes, name=None):
    """Products summed over axes: the last ones of a with the first ones of b, or those that are named."""
    return ops.tensordot(a, b, axes)
