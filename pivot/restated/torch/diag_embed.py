import torch


def diag_embed(input, offset=0, dim1=-2, dim2=-1):
    """Matrices with the entries of the last axis on their diagonal: (*, N) -> (*, N, N)."""
    if offset != 0 or dim1 != -2 or dim2 != -1:
        raise NotImplementedError("diag_embed() beside the main diagonal, or into other axes than the last two")
    on_it = torch.eye(input.shape[-1], dtype=torch.bool)
    return torch.where(on_it, input.unsqueeze(-1), torch.zeros_like(input).unsqueeze(-1))
