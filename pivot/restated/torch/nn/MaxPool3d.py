from torch import nn
from torch.nn import functional as F
from torch.nn.modules.utils import _triple


class MaxPool3d(nn.Module):
    """The largest values of the windows of a volume, of its planes first and then along its depth.

    TensorFlow pools whole volumes in float32 only.
    """

    def __init__(
        self,
        kernel_size,
        stride=None,
        padding=0,
        dilation=1,
        return_indices=False,
        ceil_mode=False,
    ):
        super().__init__()
        self.return_indices = return_indices
        self.given = (kernel_size, stride, padding, dilation, ceil_mode)
        kernel = _triple(kernel_size)
        pads = _triple(padding)
        strides = kernel if stride is None else _triple(stride)
        rates = _triple(dilation)
        self.planes = nn.MaxPool2d(kernel[1:], strides[1:], pads[1:], rates[1:], ceil_mode=ceil_mode)
        self.is_deep = kernel[0] > 1 or strides[0] > 1
        if self.is_deep:
            self.columns = nn.MaxPool2d(
                (kernel[0], 1), (strides[0], 1), (pads[0], 0), (rates[0], 1), ceil_mode=ceil_mode
            )

    def forward(self, x):
        if self.return_indices:
            return F.max_pool3d(x, *self.given, return_indices=True)
        n, c, d, h, w = x.shape
        x = self.planes(x.transpose(1, 2).reshape(n * d, c, h, w))
        _, c, h, w = x.shape
        x = x.reshape(n, d, c, h, w).transpose(1, 2)
        if self.is_deep:
            x = self.columns(x.reshape(n, c, d, h * w))
            x = x.reshape(n, c, x.shape[2], h, w)
        return x
