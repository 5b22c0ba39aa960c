from keras import ops


def moments(x, axes, shift=None, keepdims=False, name=None):
    """The mean and the variance over axes."""
    return ops.mean(x, axis=axes, keepdims=keepdims), ops.var(x, axis=axes, keepdims=keepdims)
