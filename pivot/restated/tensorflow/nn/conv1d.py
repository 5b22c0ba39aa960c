from keras import ops


def conv1d(input, filters, stride=1, padding=None, data_format=None, dilations=1, name=None):
    """Convolution with the kernel given, channels last."""
    step = stride if isinstance(stride, int) else tuple(stride)
    if not isinstance(step, int) and len(step) == 3:
        step = step[1:2]
    gaps = dilations if isinstance(dilations, int) else tuple(dilations)
    if not isinstance(gaps, int) and len(gaps) == 3:
        gaps = gaps[1:2]
    padding = "valid" if padding is None else padding.lower()
    return ops.conv(input, filters, strides=step, padding=padding, dilation_rate=gaps)
