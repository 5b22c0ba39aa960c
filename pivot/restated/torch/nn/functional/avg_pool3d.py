from torch.nn import functional as F
from torch.nn.modules.utils import _triple


def avg_pool3d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
):
    """The means of the windows of a volume, of its planes first and then along its depth.

    TensorFlow pools whole volumes in float32 only.
    """
    kernel = _triple(kernel_size)
    pads = _triple(padding)
    strides = kernel if stride is None else _triple(stride)
    if input.dim() == 4:
        volumes = input.unsqueeze(0)
        made = avg_pool3d(volumes, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
        return made.squeeze(0)
    is_deep = kernel[0] > 1 or strides[0] > 1
    divisor = 1 if is_deep and divisor_override is not None else divisor_override
    n, c, d, h, w = input.shape
    planes = input.transpose(1, 2).reshape(n * d, c, h, w)
    x = F.avg_pool2d(planes, kernel[1:], strides[1:], pads[1:], ceil_mode, count_include_pad, divisor)
    _, c, h, w = x.shape
    x = x.reshape(n, d, c, h, w).transpose(1, 2)
    if is_deep:
        x = F.avg_pool2d(
            x.reshape(n, c, d, h * w),
            (kernel[0], 1),
            (strides[0], 1),
            (pads[0], 0),
            ceil_mode,
            count_include_pad,
            divisor_override,
        )
        x = x.reshape(n, c, x.shape[2], h, w)
    return x
