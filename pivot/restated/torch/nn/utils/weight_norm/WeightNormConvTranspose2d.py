import torch
import torch.nn.functional as F
from torch import nn

CHECKPOINT_MADE_BY = {
    "torch.nn.utils.parametrizations.weight_norm": {
        "weight_g": "parametrizations.weight.original0",
        "weight_v": "parametrizations.weight.original1",
    }
}


class WeightNormConvTranspose2d(nn.Module):
    """A transposed convolution whose weight is a direction times a length: (N, C, H, W) -> (N, F, H', W')."""

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        output_padding=0,
        groups=1,
        bias=True,
        dilation=1,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        super().__init__()
        if padding_mode != "zeros":
            raise NotImplementedError("padding with something else than zeros")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = (kernel_size, kernel_size) if isinstance(kernel_size, int) else tuple(kernel_size)
        self.stride = (stride, stride) if isinstance(stride, int) else tuple(stride)
        self.padding = (padding, padding) if isinstance(padding, int) else padding
        self.output_padding = (
            (output_padding, output_padding) if isinstance(output_padding, int) else tuple(output_padding)
        )
        self.dilation = (dilation, dilation) if isinstance(dilation, int) else tuple(dilation)
        self.groups = groups
        self.padding_mode = padding_mode
        self.normed = False
        height, width = self.kernel_size
        self.weight_v = nn.Parameter(torch.zeros(in_channels, out_channels // groups, height, width))
        self.weight_g = nn.Parameter(torch.ones(in_channels, 1, 1, 1))
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        """What the layer starts from."""
        height, width = self.kernel_size
        bound = (self.out_channels // self.groups * height * width) ** -0.5
        nn.init.uniform_(self.weight_v, -bound, bound)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -bound, bound)

    @property
    def weight(self):
        """What the layer computes with."""
        return self.weight_g * self.weight_v / torch.sqrt(torch.sum(self.weight_v**2, dim=(1, 2, 3), keepdim=True))

    def forward(self, input):
        if not self.normed:
            raise NotImplementedError("a layer that is made at one place with and without weight_norm")
        return F.conv_transpose2d(
            input, self.weight, self.bias, self.stride, self.padding, self.output_padding, self.groups, self.dilation
        )
