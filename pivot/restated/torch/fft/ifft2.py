import torch

from pivot import spectral


def ifft2(input, s=None, dim=(-2, -1), norm=None):
    """(...) -> (...) complex."""
    if s is not None or tuple(dim) != (-2, -1) or norm not in (None, "backward"):
        raise NotImplementedError("a Fourier transform of other axes than the last two, or scaled")
    parts = (input.real, input.imag) if input.is_complex() else (input, torch.zeros_like(input))
    re, im = spectral.ifft2(parts)
    return torch.complex(re, im)
