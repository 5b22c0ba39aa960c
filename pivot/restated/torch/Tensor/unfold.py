import torch


def unfold(self, dimension, size, step):
    """Windows along an axis, their places on a last axis of their own: (*, L, *) -> (*, W, *, size)."""
    axis = dimension % self.dim()
    starts = torch.arange(0, self.shape[axis] - size + 1, step)
    places = starts.unsqueeze(1) + torch.arange(size)
    return self.movedim(axis, -1)[..., places].movedim(-2, axis)
