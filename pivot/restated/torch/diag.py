import torch


def diag(input, diagonal=0):
    """The matrix with a vector on its diagonal, or the diagonal of a matrix: (N) -> (N, N), (M, N) -> (K)."""
    if input.dim() == 1:
        return torch.diag_embed(input, diagonal)
    return torch.diagonal(input, diagonal)
