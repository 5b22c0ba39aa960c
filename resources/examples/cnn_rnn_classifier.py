"""Text classifier: convolutions of several widths feed a recurrent layer."""

import torch
from torch import nn


class CnnRnnClassifier(nn.Module):
    """Embedding, parallel 1-D convolutions, GRU, and one probability per label.

    Args:
        vocab_size: Number of token ids; id 0 pads.
        embed_dim: Size of a token vector.
        num_filters: Channels of each convolution.
        kernel_sizes: One convolution per width; all widths must be odd.
        hidden_size: State size of the GRU.
        num_labels: A text may carry several labels at once.
        dropout: Dropout probability before the output layer.
    """

    def __init__(
        self,
        vocab_size: int = 5000,
        embed_dim: int = 128,
        num_filters: int = 64,
        kernel_sizes: tuple[int, ...] = (3, 5, 7),
        hidden_size: int = 96,
        num_labels: int = 6,
        dropout: float = 0.3,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim, padding_idx=0)
        self.convs = nn.ModuleList(
            [nn.Conv1d(embed_dim, num_filters, k, padding=k // 2) for k in kernel_sizes]
        )
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool1d(kernel_size=2)
        self.gru = nn.GRU(
            num_filters * len(kernel_sizes), hidden_size, batch_first=True
        )
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(hidden_size, num_labels)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """tokens: (N, T) int64 -> probabilities (N, num_labels)."""
        x = self.embedding(tokens)  # (N, T, E)
        x = x.permute(0, 2, 1)  # convolutions want (N, E, T)
        branches = [self.pool(self.relu(conv(x))) for conv in self.convs]
        x = torch.cat(branches, dim=1)  # (N, F * branches, T // 2)
        x = x.permute(0, 2, 1)
        _, hidden = self.gru(x)
        x = self.dropout(hidden[-1])
        return torch.sigmoid(self.fc(x))


if __name__ == "__main__":
    model = CnnRnnClassifier()
    tokens = torch.randint(0, 5000, (4, 40))
    print(tuple(model(tokens).shape))
