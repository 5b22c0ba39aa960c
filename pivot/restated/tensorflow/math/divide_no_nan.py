from keras import ops


def divide_no_nan(x, y, name=None):
    """x / y, and 0 where y is 0."""
    zero = ops.equal(y, 0)
    divided = x / ops.where(zero, ops.ones_like(y), y)
    return ops.where(zero, ops.zeros_like(divided), divided)
