from keras import ops


def masked(x, mask, value):
    """x with value where the mask holds; the mask is of the first axes of x."""
    for _ in range(len(x.shape) - len(mask.shape)):
        mask = ops.expand_dims(mask, -1)
    return ops.where(mask, value, x)
