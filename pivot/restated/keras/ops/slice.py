def slice(inputs, start_indices, shape):
    """The block of a shape that begins at a place."""
    result = inputs
    for axis, (start, size) in enumerate(zip(start_indices, shape, strict=True)):
        if axis == 0:
            result = result[start : start + size]
        elif axis == 1:
            result = result[:, start : start + size]
        elif axis == 2:
            result = result[:, :, start : start + size]
        elif axis == 3:
            result = result[:, :, :, start : start + size]
        else:
            raise NotImplementedError("slices of tensors with more than four axes")
    return result
