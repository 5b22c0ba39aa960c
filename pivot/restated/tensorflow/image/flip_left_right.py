from keras import ops


def flip_left_right(image):
    """(..., H, W, C) mirrored from left to right."""
    return ops.flip(image, axis=-2)
