import torch
import torch.nn.functional as F
from torch import nn

CHECKPOINT_MADE_BY = {
    "torch.nn.utils.parametrizations.weight_norm": {
        "weight_g": "parametrizations.weight.original0",
        "weight_v": "parametrizations.weight.original1",
    }
}


class PositionWeightNormConv1d(nn.Module):
    """A convolution whose weight at each position of the kernel is a direction times a length (`dim=2`)."""

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        super().__init__()
        if padding_mode != "zeros":
            raise NotImplementedError("padding with something else than zeros")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = (kernel_size,) if isinstance(kernel_size, int) else tuple(kernel_size)
        self.stride = (stride,) if isinstance(stride, int) else tuple(stride)
        self.padding = (padding,) if isinstance(padding, int) else padding
        self.dilation = (dilation,) if isinstance(dilation, int) else tuple(dilation)
        self.groups = groups
        self.padding_mode = padding_mode
        self.normed = False
        (length,) = self.kernel_size
        self.weight_v = nn.Parameter(torch.zeros(out_channels, in_channels // groups, length))
        self.weight_g = nn.Parameter(torch.ones(1, 1, length))
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        """What the layer starts from."""
        (length,) = self.kernel_size
        bound = (self.in_channels // self.groups * length) ** -0.5
        nn.init.uniform_(self.weight_v, -bound, bound)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -bound, bound)

    @property
    def weight(self):
        """What the layer computes with."""
        return self.weight_g * self.weight_v / torch.sqrt(torch.sum(self.weight_v**2, dim=(0, 1), keepdim=True))

    def forward(self, input):
        if not self.normed:
            raise NotImplementedError("a layer that is made at one place with and without weight_norm")
        return F.conv1d(input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)
