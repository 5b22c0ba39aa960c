from keras import ops


def depth_to_space(input, block_size, data_format="NHWC", name=None):
    """input: (N, H, W, block_size ** 2 * C) -> (N, H * block_size, W * block_size, C)."""
    rows, columns = ops.shape(input)[1], ops.shape(input)[2]
    channels = input.shape[-1] // (block_size * block_size)
    x = ops.reshape(input, (-1, rows, columns, block_size, block_size, channels))
    x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
    return ops.reshape(x, (-1, rows * block_size, columns * block_size, channels))
