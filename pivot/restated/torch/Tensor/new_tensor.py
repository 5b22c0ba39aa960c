import torch


def new_tensor(self, data, dtype=None, device=None, requires_grad=False):
    """Data in the type of a tensor."""
    return torch.as_tensor(data, dtype=dtype or self.dtype)
