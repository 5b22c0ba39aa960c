from keras import ops


def matvec(a, b, transpose_a=False, name=None):
    """a: (..., M, N), b: (..., N) -> (..., M)."""
    matrix = ops.swapaxes(a, -1, -2) if transpose_a else a
    return ops.squeeze(ops.matmul(matrix, ops.expand_dims(b, -1)), -1)
