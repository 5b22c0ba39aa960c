import math

import tensorflow as tf
from keras import ops


def resize(
    images,
    size,
    interpolation="bilinear",
    antialias=False,
    crop_to_aspect_ratio=False,
    pad_to_aspect_ratio=False,
    fill_mode="constant",
    fill_value=0.0,
    data_format=None,
):
    """images: (N, H, W, C) -> (N, height, width, C), as TensorFlow computes it."""
    if data_format == "channels_first":
        raise NotImplementedError("resizing images whose channels come first")
    if len(images.shape) != 4:
        raise NotImplementedError("resizing an image without a batch")
    height, width = size
    given = images.dtype
    if "float" not in images.dtype:  # only the nearest pixel is a whole number again
        images = ops.cast(images, "float32")
    if crop_to_aspect_ratio:
        images = cropped(images, height, width)
    if pad_to_aspect_ratio:
        images = padded(images, height, width, fill_value)
    if interpolation == "nearest":
        images = tf.image.resize(images, (height, width), method="nearest")
        return images if images.dtype == given else ops.cast(images, given)
    if interpolation == "bilinear":
        return tf.image.resize(images, (height, width), antialias=antialias)
    images = resampled(images, 1, "nhwc,hp->npwc", height, interpolation, antialias)
    return resampled(images, 2, "nhwc,wq->nhqc", width, interpolation, antialias)


def cropped(images, height, width):
    """The middle of images in the ratio of height to width."""
    rows, columns = images.shape[1], images.shape[2]
    new_rows = max(min(rows, columns * height // width), 1)
    new_columns = max(min(columns, rows * width // height), 1)
    top, left = (rows - new_rows) // 2, (columns - new_columns) // 2
    return images[:, top : top + new_rows, left : left + new_columns, :]


def padded(images, height, width, fill_value):
    """Images with as much on both sides as brings them near the ratio of height to width."""
    rows, columns = images.shape[1], images.shape[2]
    down = (max(rows, columns * height // width) - rows) // 2
    right = (max(columns, rows * width // height) - columns) // 2
    return ops.pad(images, ((0, 0), (down, down), (right, right), (0, 0)), constant_values=fill_value)


def resampled(images, axis, equation, new_size, interpolation, antialias):
    """Every new pixel along an axis as a weighted mean of the old ones."""
    size = images.shape[axis]
    scale = size / new_size
    places = (ops.arange(new_size, dtype=images.dtype) + 0.5) * scale - 0.5
    if interpolation == "bicubic" and not antialias:  # TensorFlow looks its weights up in a table of 1024 steps
        whole = ops.floor(places)
        places = whole + ops.round((places - whole) * 1024) / 1024
    pixels = ops.expand_dims(ops.arange(size, dtype=images.dtype), 1)
    distances = ops.abs(ops.expand_dims(places, 0) - pixels) / (max(scale, 1.0) if antialias else 1.0)
    weights = keys(distances) if interpolation == "bicubic" else lanczos(distances, int(interpolation[7:]))
    return ops.einsum(equation, images, weights / ops.sum(weights, axis=0, keepdims=True))


def keys(x):
    """The cubic kernel of Keys with a = -0.5."""
    inner = (1.5 * x - 2.5) * x * x + 1.0
    outer = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return ops.where(x < 1.0, inner, ops.where(x < 2.0, outer, ops.zeros_like(x)))


def lanczos(x, radius):
    """sin(pi x) / (pi x) below a wider wave of the same kind."""
    turned = math.pi * ops.maximum(x, 1e-3)
    wave = radius * ops.sin(turned) * ops.sin(turned / radius) / (turned * turned)
    return ops.where(x <= 1e-3, ops.ones_like(x), ops.where(x > radius, ops.zeros_like(x), wave))
