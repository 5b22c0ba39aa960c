from torch import nn
from torch.nn.modules.utils import _triple


class AvgPool3d(nn.Module):
    """The means of the windows of a volume, of its planes first and then along its depth.

    TensorFlow pools whole volumes in float32 only.
    """

    def __init__(
        self,
        kernel_size,
        stride=None,
        padding=0,
        ceil_mode=False,
        count_include_pad=True,
        divisor_override=None,
    ):
        super().__init__()
        kernel = _triple(kernel_size)
        pads = _triple(padding)
        strides = kernel if stride is None else _triple(stride)
        self.is_deep = kernel[0] > 1 or strides[0] > 1
        divisor = 1 if self.is_deep and divisor_override is not None else divisor_override
        self.planes = nn.AvgPool2d(kernel[1:], strides[1:], pads[1:], ceil_mode, count_include_pad, divisor)
        if self.is_deep:
            self.columns = nn.AvgPool2d(
                (kernel[0], 1), (strides[0], 1), (pads[0], 0), ceil_mode, count_include_pad, divisor_override
            )

    def forward(self, x):
        if x.dim() == 4:
            return self.pool(x.unsqueeze(0)).squeeze(0)
        return self.pool(x)

    def pool(self, x):
        """With a batch of volumes."""
        n, c, d, h, w = x.shape
        x = self.planes(x.transpose(1, 2).reshape(n * d, c, h, w))
        _, c, h, w = x.shape
        x = x.reshape(n, d, c, h, w).transpose(1, 2)
        if self.is_deep:
            x = self.columns(x.reshape(n, c, d, h * w))
            x = x.reshape(n, c, x.shape[2], h, w)
        return x
