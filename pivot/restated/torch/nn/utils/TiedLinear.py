import torch
from torch import nn
from torch.nn import functional as F


class TiedLinear(nn.Module):
    """A linear layer that computes with the table of an embedding."""

    def __init__(self, embedding):
        super().__init__()
        self.embedding = embedding
        bound = embedding.embedding_dim**-0.5
        self.bias = nn.Parameter(torch.empty(embedding.num_embeddings).uniform_(-bound, bound))

    def forward(self, input):
        return F.linear(input, self.embedding.weight, self.bias)
