import torch


def pdist(input, p=2.0):
    """The p-norm of the difference of each two rows."""
    rows = input.shape[0]
    if rows == 1:
        return input[1:, 0]  # no pairs
    return torch.cat([torch.linalg.vector_norm(input[i : i + 1] - input[i + 1 :], p, dim=1) for i in range(rows - 1)])
