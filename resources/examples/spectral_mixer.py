"""Image classifier whose tokens are mixed by radial waves instead of attention.

The Bessel function it is built on exists in few frameworks: a good file to try how
an operation without a counterpart is mapped by hand.
"""

import torch
from torch import nn


class WaveMixer(nn.Module):
    """Mix tokens along the sequence, then send each through a radial wave."""

    def __init__(self, num_tokens: int, dim: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.mix = nn.Linear(num_tokens, num_tokens)
        self.gain = nn.Parameter(torch.ones(dim))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, T, D) -> (N, T, D)."""
        y = self.norm(x)
        y = self.mix(y.transpose(1, 2)).transpose(1, 2)
        y = torch.special.bessel_j0(y)
        return x + self.gain * y


class FeedForward(nn.Module):
    """Two linear layers on each token, with a shortcut."""

    def __init__(self, dim: int, hidden_dim: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.LayerNorm(dim),
            nn.Linear(dim, hidden_dim),
            nn.GELU(),
            nn.Linear(hidden_dim, dim),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, T, D) -> (N, T, D)."""
        return x + self.net(x)


class SpectralMixer(nn.Module):
    """Patch embedding, alternating mixers and feed-forward layers, linear classifier.

    Args:
        image_size: Height and width of the image in pixels.
        patch_size: Height and width of a patch in pixels; divides image_size.
        dim: Size of a token vector.
        depth: Number of mixer and feed-forward pairs.
        num_classes: How many logits are returned.
    """

    def __init__(
        self,
        image_size: int = 64,
        patch_size: int = 8,
        dim: int = 96,
        depth: int = 4,
        num_classes: int = 10,
    ) -> None:
        super().__init__()
        num_tokens = (image_size // patch_size) ** 2
        self.patches = nn.Conv2d(3, dim, kernel_size=patch_size, stride=patch_size)
        self.blocks = nn.ModuleList()
        for _ in range(depth):
            self.blocks.append(
                nn.Sequential(WaveMixer(num_tokens, dim), FeedForward(dim, 2 * dim))
            )
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, num_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (N, 3, image_size, image_size) -> logits (N, num_classes)."""
        x = self.patches(x)  # (N, D, h, w)
        x = x.flatten(2).transpose(1, 2)  # (N, T, D)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x).mean(dim=1)
        return self.head(x)


if __name__ == "__main__":
    model = SpectralMixer()
    logits = model(torch.randn(2, 3, 64, 64))
    print(tuple(logits.shape))
