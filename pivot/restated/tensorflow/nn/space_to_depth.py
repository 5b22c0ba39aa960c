from keras import ops


def space_to_depth(input, block_size, data_format="NHWC", name=None):
    """input: (N, H, W, C) -> (N, H / block_size, W / block_size, block_size ** 2 * C)."""
    rows, columns = ops.shape(input)[1] // block_size, ops.shape(input)[2] // block_size
    channels = input.shape[-1]
    x = ops.reshape(input, (-1, rows, block_size, columns, block_size, channels))
    x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
    return ops.reshape(x, (-1, rows, columns, block_size * block_size * channels))
