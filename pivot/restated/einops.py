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
    for shape in shapes:
        if len(shape) != 1:
            raise NotImplementedError("pack of tensors with other than one axis in the place of `*`")
    return torch.cat(tensors, dim=axis), shapes


def unpack(tensor, packed_shapes, pattern):
    """The tensors that `pack` joined along the axis `*`."""
    axis = pattern.split().index("*")
    parts, start = [], 0
    for shape in packed_shapes:
        end = start + math.prod(shape)
        x = tensor[(slice(None),) * axis + (slice(start, end),)]
        parts.append(x)
        start = end
    return parts
