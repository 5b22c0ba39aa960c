import torch


def pdist(input, p=2.0):
    """The p-norm of the difference of each two rows."""
    rows = input.shape[0]
    first = [i for i in range(rows) for j in range(i + 1, rows)]
    second = [j for i in range(rows) for j in range(i + 1, rows)]
    columns = input.transpose(0, 1)
    a, b = columns.index_select(1, torch.tensor(first)), columns.index_select(1, torch.tensor(second))
    return torch.linalg.vector_norm(a - b, p, dim=0)
