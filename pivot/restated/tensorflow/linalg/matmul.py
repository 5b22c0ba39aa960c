from keras import ops


def matmul(a, b, transpose_a=False, transpose_b=False, name=None):
    """a @ b over the last two axes, either of them turned first."""
    if transpose_a:
        a = ops.swapaxes(a, -1, -2)
    if transpose_b:
        b = ops.swapaxes(b, -1, -2)
    return ops.matmul(a, b)
