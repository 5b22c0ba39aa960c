"""Sequence labelling: one tag for every token of a sentence."""

import torch
from torch import nn


class GRUTagger(nn.Module):
    """Embedding, bidirectional GRU and one linear layer shared by all positions.

    Args:
        vocab_size: Number of token ids; id 0 pads.
        num_tags: Number of tags.
        embed_dim: Size of a token vector.
        hidden_size: State size of each direction.
        dropout: Dropout probability around the GRU.
    """

    def __init__(
        self,
        vocab_size: int = 8000,
        num_tags: int = 17,
        embed_dim: int = 64,
        hidden_size: int = 128,
        dropout: float = 0.25,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim, padding_idx=0)
        self.gru = nn.GRU(
            input_size=embed_dim,
            hidden_size=hidden_size,
            batch_first=True,
            bidirectional=True,
        )
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(2 * hidden_size, num_tags)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """tokens: (N, T) int64 -> tag scores (N, T, num_tags)."""
        embedded = self.dropout(self.embedding(tokens))
        outputs, _ = self.gru(embedded)
        return self.fc(self.dropout(outputs))


if __name__ == "__main__":
    model = GRUTagger()
    scores = model(torch.randint(0, 8000, (4, 25)))
    print(tuple(scores.shape))
