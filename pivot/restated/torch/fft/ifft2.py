import torch

from pivot import spectral


def ifft2(input, s=None, dim=(-2, -1), norm=None):
    """The real and the imaginary part, in a pair: that is what stands for a complex tensor."""
    if s is not None or tuple(dim) != (-2, -1) or norm not in (None, "backward"):
        raise NotImplementedError("a Fourier transform of other axes than the last two, or scaled")
    if not isinstance(input, tuple):
        input = (input, torch.zeros_like(input))
    return spectral.ifft2(input)
