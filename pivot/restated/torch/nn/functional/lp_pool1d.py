import torch
from torch.nn import functional as F


def lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """(sum of x ** norm_type) ** (1 / norm_type) of each window over the last 1 axes."""
    if input.dim() == 2:
        return lp_pool1d(input.unsqueeze(0), norm_type, kernel_size, stride, ceil_mode).squeeze(0)
    count = kernel_size**1 if isinstance(kernel_size, int) else 1
    if count == 1:
        for size in kernel_size:
            count = count * size
    mean = F.avg_pool1d(input**norm_type, kernel_size, stride, 0, ceil_mode)
    return (torch.sign(mean) * torch.relu(torch.abs(mean)) * count) ** (1.0 / norm_type)
