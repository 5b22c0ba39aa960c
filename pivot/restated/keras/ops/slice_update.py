from keras import ops


def slice_update(inputs, start_indices, updates):
    """A tensor with the block at a place replaced by another one."""
    widths = [
        (start, whole - start - part)
        for start, whole, part in zip(start_indices, inputs.shape, updates.shape, strict=True)
    ]
    inside = ops.pad(ops.ones_like(updates, dtype="bool"), widths)
    return ops.where(inside, ops.pad(updates, widths), inputs)
