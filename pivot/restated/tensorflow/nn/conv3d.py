from keras import ops


def conv3d(input, filters, strides, padding, data_format=None, dilations=1, name=None):
    """Convolution with the kernel given, channels last."""
    step = strides if isinstance(strides, int) else tuple(strides)
    if not isinstance(step, int) and len(step) == 5:
        step = step[1:4]
    gaps = dilations if isinstance(dilations, int) else tuple(dilations)
    if not isinstance(gaps, int) and len(gaps) == 5:
        gaps = gaps[1:4]
    padding = "valid" if padding is None else padding.lower()
    return ops.conv(input, filters, strides=step, padding=padding, dilation_rate=gaps)
