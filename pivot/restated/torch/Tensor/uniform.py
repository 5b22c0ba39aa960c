import torch


def uniform(input, low=0.0, high=1.0):
    """Uniform random numbers in the shape of a tensor, whatever it held."""
    return low + (high - low) * torch.rand_like(input)
