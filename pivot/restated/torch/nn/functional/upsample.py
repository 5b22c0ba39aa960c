from torch.nn import functional as F


def upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None):
    """Resize the axes behind the first two."""
    return F.interpolate(input, size, scale_factor, mode, align_corners)
