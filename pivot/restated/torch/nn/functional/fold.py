import torch


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Columns as windows of an image, added up where they overlap: (N, C * kernel, windows) -> (N, C, H, W)."""
    height, width = pair(output_size)
    kh, kw = pair(kernel_size)
    dh, dw = pair(dilation)
    ph, pw = pair(padding)
    sh, sw = pair(stride)
    h = (height + 2 * ph - dh * (kh - 1) - 1) // sh + 1
    w = (width + 2 * pw - dw * (kw - 1) - 1) // sw + 1
    windows = input.reshape(input.shape[0], input.shape[1] // (kh * kw), kh, kw, h, w)
    rows = places(kh, h, height, dh, sh, ph, input)
    columns = places(kw, w, width, dw, sw, pw, input)
    return torch.einsum("ncijw,jwx->ncix", torch.einsum("ncabhw,ahy->ncybw", windows, rows), columns)


def places(taps, count, size, dilation, stride, padding, x):
    """1 where entry `tap` of window `number` is the entry of the image, else 0: (taps, windows, size)."""
    at = torch.arange(count)[None, :] * stride + torch.arange(taps)[:, None] * dilation - padding
    return (at[:, :, None] == torch.arange(size)).to(x.dtype)


def pair(value):
    """One number for both axes, or one each."""
    return (value, value) if isinstance(value, int) else value
