import torch


def unfold(input, dimension, size, step):
    """Windows along an axis, their places on a last axis of their own: (*, L, *) -> (*, W, *, size)."""
    axis = dimension % input.dim()
    starts = torch.arange(0, input.shape[axis] - size + 1, step)
    places = starts.unsqueeze(1) + torch.arange(size)
    return input.movedim(axis, 0)[places].movedim(1, -1).movedim(0, axis)
