from keras import ops


def replaced(x, parts, value):
    """x with value's entries where each axis in `parts` is at its number, which value has no axis for, or its slice."""
    inside = None
    for axis, part in parts.items():
        places = ops.arange(x.shape[axis])
        same = ops.equal(ops.expand_dims(places, 1), places[part])
        if isinstance(part, int):
            value = ops.expand_dims(value, axis)
        value = ops.take(value, ops.argmax(ops.cast(same, "int32"), axis=1), axis=axis)
        chosen = ops.any(same, axis=1)
        for _ in range(len(x.shape) - axis - 1):
            chosen = ops.expand_dims(chosen, -1)
        inside = chosen if inside is None else ops.logical_and(inside, chosen)
    return ops.where(inside, value, x)
