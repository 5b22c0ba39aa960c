from keras import ops


def reduce_euclidean_norm(input_tensor, axis=None, keepdims=False, name=None):
    """The length over axes."""
    return ops.sqrt(ops.sum(ops.square(input_tensor), axis=axis, keepdims=keepdims))
