import torch


def new_tensor(input, data, dtype=None, device=None, requires_grad=False):
    """Data in the type of a tensor."""
    if dtype is not None:
        raise NotImplementedError("new_tensor() with another type")
    if isinstance(data, torch.Tensor):
        return data.to(input.dtype)
    return torch.tensor(data, dtype=input.dtype)
