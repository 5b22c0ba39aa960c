from torch import nn


class PixelShuffle(nn.Module):
    """Channels become pixels: (N, C * r * r, H, W) -> (N, C, H * r, W * r)."""

    def __init__(self, upscale_factor):
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input):
        r = self.upscale_factor
        n, c, h, w = input.shape
        x = input.reshape(n, c // (r * r), r, r, h, w)
        return x.permute(0, 1, 4, 2, 5, 3).reshape(n, c // (r * r), h * r, w * r)
