from keras import ops


def rgb_to_grayscale(images, name=None):
    """images: (..., 3) -> (..., 1): the brightness of colours."""
    red, green, blue = images[..., 0], images[..., 1], images[..., 2]
    return ops.expand_dims(0.2989 * red + 0.587 * green + 0.114 * blue, -1)
