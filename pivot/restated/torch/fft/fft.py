import torch

from pivot import spectral


def fft(input, n=None, dim=-1, norm=None):
    """The real and the imaginary part, in a pair: that is what stands for a complex tensor."""
    if n is not None or dim != -1 or norm not in (None, "backward"):
        raise NotImplementedError("a Fourier transform of another axis than the last, or scaled")
    if not isinstance(input, tuple):
        input = (input, torch.zeros_like(input))
    return spectral.fft(input)
