from keras import ops


def tensordot(x1, x2, axes=2):
    """Products summed over axes: the last ones of x1 with the first ones of x2, or those that are named."""
    if isinstance(axes, int):
        first = list(range(len(x1.shape) - axes, len(x1.shape)))
        second = list(range(axes))
    else:
        first, second = axes
        first = [first] if isinstance(first, int) else list(first)
        second = [second] if isinstance(second, int) else list(second)
    first = [axis % len(x1.shape) for axis in first]
    second = [axis % len(x2.shape) for axis in second]
    left = [axis for axis in range(len(x1.shape)) if axis not in first]
    right = [axis for axis in range(len(x2.shape)) if axis not in second]
    letters = "abcdefghijklmnopqrstuvwxyz"
    one = [letters[axis] for axis in range(len(x1.shape))]
    two = [
        one[first[second.index(axis)]] if axis in second else letters[len(one) + axis] for axis in range(len(x2.shape))
    ]
    result = "".join([one[axis] for axis in left]) + "".join([two[axis] for axis in right])
    return ops.einsum("".join(one) + "," + "".join(two) + "->" + result, x1, x2)
