from keras import ops


def flip_up_down(image):
    """(..., H, W, C) mirrored from top to bottom."""
    return ops.flip(image, axis=-3)
