from torch.nn import functional as F
from torch.nn.modules.utils import _triple


def max_pool3d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest values of the windows of a volume, of its planes first and then along its depth.

    TensorFlow pools whole volumes in float32 only.
    """
    if return_indices:
        raise NotImplementedError("the places of the largest values (return_indices)")
    kernel = _triple(kernel_size)
    pads = _triple(padding)
    strides = kernel if stride is None else _triple(stride)
    rates = _triple(dilation)
    n, c, d, h, w = input.shape
    planes = input.transpose(1, 2).reshape(n * d, c, h, w)
    x = F.max_pool2d(planes, kernel[1:], strides[1:], pads[1:], rates[1:], ceil_mode=ceil_mode)
    _, c, h, w = x.shape
    x = x.reshape(n, d, c, h, w).transpose(1, 2)
    if kernel[0] > 1 or strides[0] > 1:
        x = x.reshape(n, c, d, h * w)
        x = F.max_pool2d(x, (kernel[0], 1), (strides[0], 1), (pads[0], 0), (rates[0], 1), ceil_mode=ceil_mode)
        x = x.reshape(n, c, x.shape[2], h, w)
    return x
