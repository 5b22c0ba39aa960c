import math

import keras
from keras import ops


def resize_bilinear(images, size, align_corners=False, half_pixel_centers=False, name=None):
    """images: (N, H, W, C) -> (N, height, width, C), as TensorFlow 1 does it: the first pixels lie on each other, and
    the last ones where corners are aligned.
    """
    if half_pixel_centers:
        return keras.ops.image.resize(images, (size[0], size[1]))
    below, above, shares = looked_at(images.shape[1], size[0], align_corners)
    shares = ops.array([[[share]] for share in shares])
    images = ops.take(images, below, axis=1) * (1.0 - shares) + ops.take(images, above, axis=1) * shares
    left, right, parts = looked_at(images.shape[2], size[1], align_corners)
    parts = ops.array([[part] for part in parts])
    return ops.take(images, left, axis=2) * (1.0 - parts) + ops.take(images, right, axis=2) * parts


def looked_at(whole, size, align_corners):
    """The pixels around each new one, and how near it is to the second of them."""
    step = (whole - 1) / (size - 1) if align_corners and size > 1 else whole / size
    places = [i * step for i in range(size)]
    below = [math.floor(place) for place in places]
    return below, [min(place + 1, whole - 1) for place in below], [place - math.floor(place) for place in places]
