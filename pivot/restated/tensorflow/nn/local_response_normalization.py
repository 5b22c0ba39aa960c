from keras import ops


def local_response_normalization(input, depth_radius=5, bias=1, alpha=1, beta=0.5, name=None):
    """x / (bias + alpha * the sum of squares of neighbouring channels) ** beta: (N, H, W, C) -> (N, H, W, C)."""
    channels = input.shape[-1]
    squares = ops.square(input)
    edge = ops.zeros_like(squares[..., :1])
    padded = ops.concatenate([*[edge] * depth_radius, squares, *[edge] * depth_radius], axis=-1)
    total = padded[..., 0:channels]
    for place in range(1, 2 * depth_radius + 1):
        total = total + padded[..., place : place + channels]
    return input / (bias + alpha * total) ** beta
