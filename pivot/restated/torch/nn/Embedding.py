import torch
import torch.nn.functional as F
from torch import nn

AS_BASE = False  # classes that derive from the layer have its weight in the target too, with the same axes


class Embedding(nn.Module):
    """A table of vectors, one per whole number, that is used as a weight: (*) -> (*, embedding_dim)."""

    def __init__(
        self,
        num_embeddings,
        embedding_dim,
        padding_idx=None,
        max_norm=None,
        norm_type=2.0,
        scale_grad_by_freq=False,
        sparse=False,
        _weight=None,
        _freeze=False,
        device=None,
        dtype=None,
    ):
        super().__init__()
        if max_norm is not None or _weight is not None:
            raise NotImplementedError("an embedding with a largest norm or a table that is given")
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.weight = nn.Parameter(torch.zeros(num_embeddings, embedding_dim))
        self.reset_parameters()

    def reset_parameters(self):
        """What the table starts from."""
        nn.init.normal_(self.weight)

    def forward(self, input):
        return F.embedding(input, self.weight)
