"""Sentiment classifier: a bidirectional LSTM followed by a plain one."""

import torch
from torch import nn


class LSTMClassifier(nn.Module):
    """Reads a sequence of token ids and returns class probabilities.

    Args:
        vocab_size: Number of token ids.
        embed_dim: Size of a token vector.
        hidden_size: State size of each direction of the first LSTM.
        num_classes: Number of classes.
    """

    def __init__(
        self,
        vocab_size: int = 10000,
        embed_dim: int = 100,
        hidden_size: int = 128,
        num_classes: int = 3,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.encoder = nn.LSTM(
            embed_dim, hidden_size, batch_first=True, bidirectional=True
        )
        self.dropout = nn.Dropout(0.5)
        self.decoder = nn.LSTM(2 * hidden_size, 64, batch_first=True)
        self.fc = nn.Linear(64, num_classes)
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, T) int64 -> probabilities (N, num_classes)."""
        x = self.embedding(x)
        x, _ = self.encoder(x)
        x = self.dropout(x)
        x, _ = self.decoder(x)
        x = x[:, -1, :]  # the last step has seen the whole text
        x = self.fc(x)
        return self.softmax(x)


if __name__ == "__main__":
    model = LSTMClassifier()
    x = torch.randint(0, 10000, (8, 50))
    print(tuple(model(x).shape))
