import torch


def affine_grid(theta, size, align_corners=None):
    """The places (x, y) that affine maps (N, 2, 3) give to the pixels of images of one size."""
    if len(size) != 4:
        raise NotImplementedError("affine_grid for volumes")
    height, width = size[2], size[3]
    x, y = places(theta, width, align_corners), places(theta, height, align_corners)
    x, y = x.unsqueeze(0).expand(height, width), y.unsqueeze(1).expand(height, width)
    base = torch.stack([x, y, torch.ones_like(x)], dim=-1).flatten(0, 1)
    return (base @ theta.transpose(1, 2)).unflatten(1, (height, width))


def places(like, size, align_corners):
    """Places of the entries of one axis, from -1 to 1: of their corners or of their centres."""
    if size == 1:
        return like.new_zeros(1)
    at = torch.arange(size, dtype=like.dtype)
    return 2 * at / (size - 1) - 1 if align_corners else (2 * at + 1) / size - 1
