from torch import nn


class PixelUnshuffle(nn.Module):
    """Pixels become channels: (N, C, H * r, W * r) -> (N, C * r * r, H, W)."""

    def __init__(self, downscale_factor):
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input):
        r = self.downscale_factor
        n, c, h, w = input.shape
        x = input.reshape(n, c, h // r, r, w // r, r)
        return x.permute(0, 1, 3, 5, 2, 4).reshape(n, c * r * r, h // r, w // r)
