import torch


def view_as_real(input):
    """(...) complex -> (..., 2): real and imaginary parts."""
    return torch.stack(input, dim=-1)
