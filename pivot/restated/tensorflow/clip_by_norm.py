from keras import ops


def clip_by_norm(t, clip_norm, axes=None, name=None):
    """t, made no longer than clip_norm."""
    length = ops.sqrt(ops.sum(ops.square(t), axis=axes, keepdims=True))
    return t * clip_norm / ops.maximum(length, clip_norm)
