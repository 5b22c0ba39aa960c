import tensorflow as tf


def resize_images(images, size, method=0, align_corners=False, preserve_aspect_ratio=False, name=None):
    """images: (N, H, W, C) -> (N, height, width, C), by the methods of TensorFlow 1."""
    if preserve_aspect_ratio or method not in (0, 1, "bilinear", "nearest"):
        raise NotImplementedError("tf.image.resize_images with this method, or keeping the ratio of the sides")
    if method in (1, "nearest"):
        return tf.image.resize_nearest_neighbor(images, size, align_corners=align_corners)
    return tf.image.resize_bilinear(images, size, align_corners=align_corners)
