import math

import torch


def einsum(*tensors_and_pattern):
    """Products summed over the axes that the result lacks: each name of an axis is a letter of torch.einsum."""
    *tensors, pattern = tensors_and_pattern
    words = pattern.replace(",", " , ").replace("->", " -> ").split()
    names = sorted({word for word in words if word not in (",", "->", "...")})
    letters = dict(zip(names, "abcdefghijklmnopqrstuvwxyz", strict=False))
    equation = "".join([letters.get(word, word) for word in words])
    return torch.einsum(equation, *tensors)


def pack(tensors, pattern):
    """Tensors side by side along the axis `*`, and the sizes that stood in its place in each of them."""
    axis = pattern.split().index("*")
    after = len(pattern.split()) - axis - 1
    shapes = [x.shape[axis : len(x.shape) - after] for x in tensors]
    parts = []
    for x, shape in zip(tensors, shapes, strict=True):
        if len(shape) == 0:
            x = x.unsqueeze(axis)
        elif len(shape) > 1:
            x = x.flatten(axis, axis + len(shape) - 1)
        parts.append(x)
    return torch.cat(parts, dim=axis), shapes


def unpack(tensor, packed_shapes, pattern):
    """The tensors that `pack` joined along the axis `*`; one of the sizes may be -1, for what is left."""
    axis = pattern.split().index("*")
    lengths = [math.prod(shape) for shape in packed_shapes]
    known = sum([length for length in lengths if length >= 0])
    parts, start = [], 0
    for shape, length in zip(packed_shapes, lengths, strict=True):
        end = start + (length if length >= 0 else tensor.shape[axis] - known)
        x = tensor[(slice(None),) * axis + (slice(start, end),)]
        if len(shape) == 0:
            x = x.squeeze(axis)
        elif len(shape) > 1:
            x = x.unflatten(axis, tuple(shape))
        parts.append(x)
        start = end
    return parts
