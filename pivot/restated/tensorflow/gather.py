from keras import ops


def gather(params, indices, validate_indices=None, axis=None, batch_dims=0, name=None):
    """Entries of each sample: params: (*B, N, ...), indices: (*B, M) -> (*B, M, ...), B being `batch_dims` axes."""
    if axis not in (None, batch_dims) or len(indices.shape) != batch_dims + 1:
        raise NotImplementedError("tf.gather with batch_dims of another axis than the one behind them")
    for place in range(batch_dims + 1, len(params.shape)):
        indices = ops.repeat(ops.expand_dims(indices, -1), params.shape[place], axis=-1)
    return ops.take_along_axis(params, indices, axis=batch_dims)
