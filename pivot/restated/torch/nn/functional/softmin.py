import torch


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    """softmax(-input)."""
    if dtype is not None:
        input = input.to(dtype)
    return torch.softmax(-input, dim)
