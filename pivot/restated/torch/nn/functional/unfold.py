import torch
from torch.nn import functional as F


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """Windows of an image as columns: (N, C, H, W) -> (N, C * kernel, windows)."""
    kh, kw = pair(kernel_size)
    dh, dw = pair(dilation)
    ph, pw = pair(padding)
    sh, sw = pair(stride)
    x = F.pad(input, (pw, pw, ph, ph))
    h = (x.shape[2] - dh * (kh - 1) - 1) // sh + 1
    w = (x.shape[3] - dw * (kw - 1) - 1) // sw + 1
    taps = [
        x[:, :, i * dh : i * dh + (h - 1) * sh + 1 : sh, j * dw : j * dw + (w - 1) * sw + 1 : sw]
        for i in range(kh)
        for j in range(kw)
    ]
    y = torch.cat(taps, dim=1).unflatten(1, (kh * kw, x.shape[1])).transpose(1, 2)
    return y.flatten(1, 2).flatten(2)


def pair(value):
    """One number for both axes, or one each."""
    return (value, value) if isinstance(value, int) else value
