from keras import ops


def sequence_mask(lengths, maxlen=None, dtype="bool", name=None):
    """lengths: (...) -> (..., maxlen): which steps come before the end."""
    if maxlen is None:
        raise NotImplementedError("a mask as long as the longest sequence: give maxlen")
    mask = ops.arange(maxlen) < ops.expand_dims(lengths, -1)
    return mask if dtype == "bool" else ops.cast(mask, dtype)
