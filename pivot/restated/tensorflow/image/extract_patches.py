from keras import ops


def extract_patches(images, sizes, strides, rates, padding, name=None):
    """images: (N, H, W, C) -> (N, rows, columns, height * width * C)."""
    if rates[1] != 1 or rates[2] != 1:
        raise NotImplementedError("patches with gaps (rates)")
    return ops.image.extract_patches(images, sizes[1:3], strides=tuple(strides[1:3]), padding=padding.lower())
