import torch
from torch import nn
from torch.nn import functional as F


class EmbeddingBag(nn.Module):
    """The sum, mean or maximum of the rows that each bag names."""

    def __init__(
        self,
        num_embeddings,
        embedding_dim,
        max_norm=None,
        norm_type=2.0,
        scale_grad_by_freq=False,
        mode="mean",
        sparse=False,
        _weight=None,
        include_last_offset=False,
        padding_idx=None,
        device=None,
        dtype=None,
    ):
        super().__init__()
        if _weight is not None:
            raise NotImplementedError("an EmbeddingBag that is given its weight; load it as a state instead")
        self.weight = nn.Parameter(torch.zeros(num_embeddings, embedding_dim))
        self.max_norm = max_norm
        self.mode = mode
        self.padding_idx = padding_idx
        self.reset_parameters()

    def reset_parameters(self):
        """What the layer starts from."""
        nn.init.normal_(self.weight)

    def forward(self, input, offsets=None, per_sample_weights=None):
        return F.embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            mode=self.mode,
            per_sample_weights=per_sample_weights,
            padding_idx=self.padding_idx,
        )
