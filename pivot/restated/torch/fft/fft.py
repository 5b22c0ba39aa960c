import torch

from pivot import spectral


def fft(input, n=None, dim=-1, norm=None):
    """(...) -> (...) complex."""
    if n is not None or dim != -1 or norm not in (None, "backward"):
        raise NotImplementedError("a Fourier transform of another axis than the last, or scaled")
    parts = (input.real, input.imag) if input.is_complex() else (input, torch.zeros_like(input))
    re, im = spectral.fft(parts)
    return torch.complex(re, im)
