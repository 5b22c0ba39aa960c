from keras import ops


def filled(x, parts, value):
    """x with one value where each axis in `parts` is at its number, or in its slice."""
    inside = None
    for axis, part in parts.items():
        places = ops.arange(x.shape[axis])
        chosen = ops.any(ops.equal(ops.expand_dims(places, 1), places[part]), axis=1)
        for _ in range(len(x.shape) - axis - 1):
            chosen = ops.expand_dims(chosen, -1)
        inside = chosen if inside is None else ops.logical_and(inside, chosen)
    return ops.where(inside, value, x)
