import torch


def tensordot(a, b, dims=2):
    """The sum of products over the last axes of a and the first of b, or over the axes that `dims` lists for each."""
    if isinstance(dims, int):
        first, second = list(range(a.dim() - dims, a.dim())), list(range(dims))
    else:
        first, second = dims
        if isinstance(first, int):
            first, second = [first], [second]
    first = [axis % a.dim() for axis in first]
    second = [axis % b.dim() for axis in second]
    left = [chr(ord("a") + axis) for axis in range(a.dim())]
    right = [chr(ord("A") + axis) for axis in range(b.dim())]
    for one, other in zip(first, second, strict=True):
        right[other] = left[one]
    kept = [letter for letter in left if letter not in right] + [letter for letter in right if letter not in left]
    return torch.einsum("".join(left) + "," + "".join(right) + "->" + "".join(kept), a, b)
