import torch.nn.functional as F
from torch import nn


class PretrainedEmbedding(nn.Module):
    """A table of vectors that is given: (*) -> (*, embedding_dim)."""

    def __init__(self, embeddings, freeze=True):
        super().__init__()
        self.num_embeddings, self.embedding_dim = embeddings.shape
        self.weight = nn.Parameter(embeddings, requires_grad=not freeze)

    def forward(self, input):
        return F.embedding(input, self.weight)


def from_pretrained(
    embeddings,
    freeze=True,
    padding_idx=None,
    max_norm=None,
    norm_type=2.0,
    scale_grad_by_freq=False,
    sparse=False,
):
    """The embedding with a given table: (V, D)."""
    if max_norm is not None:
        raise NotImplementedError("an embedding with a largest norm")
    return PretrainedEmbedding(embeddings, freeze)
