from keras import ops


def l2_normalize(x, axis=None, epsilon=1e-12, name=None):
    """x / max(|x|, sqrt(epsilon)), the length taken over axes."""
    square = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return x * ops.rsqrt(ops.maximum(square, epsilon))
