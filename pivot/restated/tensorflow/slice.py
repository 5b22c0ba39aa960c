def slice(input_, begin, size, name=None):
    """The block of a shape that begins at a place; a size of -1 takes the rest of an axis."""
    result = input_
    for axis, (start, count) in enumerate(zip(begin, size, strict=True)):
        stop = None if count == -1 else start + count
        if axis == 0:
            result = result[start:stop]
        elif axis == 1:
            result = result[:, start:stop]
        elif axis == 2:
            result = result[:, :, start:stop]
        elif axis == 3:
            result = result[:, :, :, start:stop]
        else:
            raise NotImplementedError("slices of tensors with more than four axes")
    return result
