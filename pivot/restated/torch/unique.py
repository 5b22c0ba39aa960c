import torch


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """The numbers of a tensor whose content is known, each once and in order; with how often each is there."""
    if return_inverse or dim is not None:
        raise NotImplementedError("places of distinct numbers, and distinct slices")
    numbers = input.flatten().tolist()
    values = list(set(numbers))
    values.sort()
    if return_counts:
        return torch.tensor(values), torch.tensor([numbers.count(value) for value in values])
    return torch.tensor(values)
