from keras import ops


def avg_pool(input, ksize, strides, padding, data_format=None, name=None):
    """Pooling over windows, channels last."""
    size = ksize[1:3] if not isinstance(ksize, int) and len(ksize) == 4 else ksize
    step = strides[1:3] if not isinstance(strides, int) and len(strides) == 4 else strides
    return ops.average_pool(input, size, strides=step, padding=padding.lower())
