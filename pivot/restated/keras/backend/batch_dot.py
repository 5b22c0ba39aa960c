from keras import layers


def batch_dot(x, y, axes=None):
    """Products of the entries of a batch, summed over one axis of each."""
    if axes is None:
        axes = [len(x.shape) - 1, 1 if len(y.shape) == 2 else len(y.shape) - 2]
    return layers.Dot(axes)([x, y])
