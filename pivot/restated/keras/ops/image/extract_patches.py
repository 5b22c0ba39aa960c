from keras import ops


def extract_patches(images, size, strides=None, dilation_rate=1, padding="valid", data_format=None):
    """images: (N, H, W, C) -> (N, rows, columns, height * width * C)."""
    height, width = (size, size) if isinstance(size, int) else size
    if strides is None:
        strides = (height, width)
    down, right = (strides, strides) if isinstance(strides, int) else strides
    channels = images.shape[-1]
    if (down, right) == (height, width) and dilation_rate == 1 and padding == "valid":
        rows, columns = ops.shape(images)[1] // height, ops.shape(images)[2] // width
        cut = images[:, : rows * height, : columns * width]
        blocks = ops.reshape(cut, (-1, rows, height, columns, width, channels))
        blocks = ops.transpose(blocks, (0, 1, 3, 2, 4, 5))
        return ops.reshape(blocks, (-1, rows, columns, height * width * channels))
    count = height * width * channels
    kernel = ops.reshape(ops.eye(count, dtype=images.dtype), (height, width, channels, count))
    return ops.conv(images, kernel, strides=(down, right), padding=padding, dilation_rate=dilation_rate)
