import torch
import torch.nn.functional as F
from torch import nn

CHECKPOINT_MADE_BY = {
    "torch.nn.utils.parametrizations.spectral_norm": {
        "weight_orig": "parametrizations.weight.original",
        "weight_u": "parametrizations.weight.0._u",
        "weight_v": "parametrizations.weight.0._v",
    }
}


class SpectralNormConv3d(nn.Module):
    """A convolution by weights over their largest singular value: (N, C, D, H, W) -> (N, F, D', H', W')."""

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
        self.kernel_size = (
            (kernel_size, kernel_size, kernel_size) if isinstance(kernel_size, int) else tuple(kernel_size)
        )
        self.stride = (stride, stride, stride) if isinstance(stride, int) else tuple(stride)
        self.padding = (padding, padding, padding) if isinstance(padding, int) else padding
        self.dilation = (dilation, dilation, dilation) if isinstance(dilation, int) else tuple(dilation)
        self.groups = groups
        self.padding_mode = padding_mode
        self.normed = False
        self.rows_first = False
        depth, height, width = self.kernel_size
        self.weight_orig = nn.Parameter(torch.zeros(out_channels, in_channels // groups, depth, height, width))
        self.register_buffer("weight_u", F.normalize(torch.randn(out_channels), dim=0))
        self.register_buffer(
            "weight_v", F.normalize(torch.randn(in_channels // groups * depth * height * width), dim=0)
        )
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        """What the layer starts from."""
        depth, height, width = self.kernel_size
        bound = (self.in_channels // self.groups * depth * height * width) ** -0.5
        nn.init.uniform_(self.weight_orig, -bound, bound)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -bound, bound)

    @property
    def weight(self):
        """What the layer computes with."""
        return self.normalized(self.weight_u, self.weight_v)

    def normalized(self, u, v):
        """The weight by its largest singular value, given the vectors that belong to it."""
        matrix = self.weight_orig.flatten(1)
        return self.weight_orig / torch.dot(u, torch.mv(matrix, v))

    def iterated(self):
        """The vectors of the largest singular value, one step of the power iteration nearer."""
        matrix, u, v = self.weight_orig.flatten(1), self.weight_u, self.weight_v
        with torch.no_grad():
            if self.rows_first:
                u = F.normalize(torch.mv(matrix, v), dim=0, eps=1e-12)
            v = F.normalize(torch.mv(matrix.t(), u), dim=0, eps=1e-12)
            if not self.rows_first:
                u = F.normalize(torch.mv(matrix, v), dim=0, eps=1e-12)
            self.weight_u.copy_(u)
            self.weight_v.copy_(v)
        return u, v

    def forward(self, input):
        if not self.normed:
            raise NotImplementedError("a layer that is made at one place with and without spectral_norm")
        u, v = self.weight_u, self.weight_v
        if self.training:
            u, v = self.iterated()
        weight = self.normalized(u, v)
        return F.conv3d(input, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)
