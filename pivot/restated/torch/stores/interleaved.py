import torch


def interleaved(even, odd):
    """The entries of both in turn along the last axis."""
    return torch.stack([even, odd], -1).flatten(-2)
