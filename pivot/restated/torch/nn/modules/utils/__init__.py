def _single(value):
    """One value per axis of a sequence."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _pair(value):
    """One value per axis of an image."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * 2


def _triple(value):
    """One value per axis of a volume."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * 3
